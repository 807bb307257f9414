"""Measures what cleaning costs and what it gives, next to its peers, on texts that anyone can make again."""
