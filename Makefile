PYTHON ?= python3

.PHONY: setup test cover lint format types model wheel check

setup:  ## install spamguard with all it takes to work on it
	$(PYTHON) -m pip install -e '.[dev]'

test:  ## run all tests and doctests on all cores
	$(PYTHON) -m pytest -n auto

cover:  ## the same, with branch coverage
	$(PYTHON) -m pytest -n auto --cov --cov-report=term

lint:  ## style and layers
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

format:  ## put the sources into the house style
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

types:  ## strict type checking
	$(PYTHON) -m mypy

model:  ## train the shipped model anew
	$(PYTHON) -m spamguard.cli.main train --config training/config.toml --out models/default

wheel:  ## build the wheel with the model inside
	$(PYTHON) -m pip wheel --no-deps --wheel-dir dist .

check: lint types test  ## all of it
