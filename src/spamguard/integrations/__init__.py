"""spamguard inside other programs' pipelines: one small file for each, behind its extra."""
