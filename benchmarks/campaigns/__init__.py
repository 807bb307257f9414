"""Measures what the second pass over a corpus adds, and what it costs."""
