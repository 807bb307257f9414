"""The model: tagger, decoding, verifier, categories, and the artefact that they are stored in."""
