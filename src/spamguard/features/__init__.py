"""Tokens as numbers: hashed words and n-grams, fit to languages, place and foreignness."""
