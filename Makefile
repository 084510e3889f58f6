# `make app` installs and serves the dashboard; `make test` installs what the tests need and runs them.
# Without make: see README.md, two lines of pip.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
# Two processes; those tests that need a browser go one after another in one of them (tests/conftest.py), which is why it begins early.
TOGETHER := -n 2 --no-loadscope-reorder
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: app test test-slow lint bench messages constraints clean

app: $(VENV)/app
	$(BIN)/streamlit run app.py

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found; set PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/app: $(VENV)/bin/python requirements.txt constraints.txt
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/dev: $(VENV)/app requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	@touch $@

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest -q $(TOGETHER) -m "not slow"

test-slow: lint
	$(BIN)/python -m pytest -q $(TOGETHER)

bench: $(VENV)/dev
	$(BIN)/python -m benchmarks

# After a text in the code has changed: bring the catalogues up to date, then translate what is new in locale/.
messages: $(VENV)/dev
	$(BIN)/python locale/update.py

# After requirements.txt has changed. uv is needed for this alone: it resolves for all systems and Python versions at once.
constraints: $(VENV)/dev
	$(PIP) uv
	cat requirements.txt requirements-dev.txt | grep -v '^-' > build-constraints.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate build-constraints.in -o constraints.txt
	rm build-constraints.in

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .mypy_cache .hypothesis
