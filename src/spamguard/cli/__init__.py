"""The command line: a thin module per command over functions that know nothing of it."""
