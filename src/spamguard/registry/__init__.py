"""A folder of model artefacts, one of which serves."""
