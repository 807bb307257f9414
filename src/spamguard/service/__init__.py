"""Cleaning over HTTP: `app.create_app` builds the application, `run.serve` runs it."""
