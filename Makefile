# Everything that a fresh machine with git, make and Python 3.11 needs: `make demo`, `make test`.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo

.PHONY: demo test check lint bench build lock clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[browse,topics,dev]'
	touch $@

demo: $(VENV)/.installed  ## import the example graph, resolve its links from the shipped map, write notes
	@BIN=$(abspath $(BIN)) DEMO=$(abspath $(DEMO)) sh example/demo.sh

test: $(VENV)/.installed-dev  ## all tests
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

check: lint test  ## what CI runs: lint, format, types, tests

bench: $(VENV)/.installed-dev  ## every benchmark, each with its floor or peer in the same run
	$(BIN)/python -m benchmarks

build: $(VENV)/.installed-dev  ## the wheel, in dist/
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

lock:  ## constraints.txt anew: exact versions, no registry addresses
	rm -rf $(VENV)-lock
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet --disable-pip-version-check '.[browse,topics,dev]'
	$(VENV)-lock/bin/pip freeze --exclude gleanings --exclude-editable > constraints.txt
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) $(VENV)-lock $(DEMO) dist
