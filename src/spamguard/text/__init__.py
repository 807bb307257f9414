"""Raw text as the model reads it: folded characters, and tokens that know their raw offsets."""
