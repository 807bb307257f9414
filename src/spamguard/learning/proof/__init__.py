"""Whether a candidate may take a model's place."""
