# On a machine with git, make and Python 3.11: `make demo`, `make test`.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DEMO := demo

ALPHA := 1.0a41
HASHED := --extra agents --extra browse --extra topics --extra watch

.PHONY: demo test test-slow test-alpha check lint bench screenshots build lock clean

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[agents,browse,topics,watch,dev]'
	touch $@

$(VENV)/.installed-many: $(VENV)/.installed-dev
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[many]'
	touch $@

demo: $(VENV)/.installed  ## import the example graph, resolve its links from the shipped map, write notes
	@BIN=$(abspath $(BIN)) DEMO=$(abspath $(DEMO)) sh example/demo.sh

test: $(VENV)/.installed-dev  ## all tests except the slow ones; with another Python: PYTHON=python3.13 VENV=.venv-3.13
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

test-slow: $(VENV)/.installed-many  ## in a browser, with a real cron, with kills or large inputs
	$(BIN)/python -m pytest -n auto --dist worksteal -m slow

test-alpha: $(VENV)-alpha/.installed  ## the browser tests with the upcoming Datasette 1.0
	$(VENV)-alpha/bin/python -m pytest -n auto tests/store/browse tests/gleanings/test_serve.py

$(VENV)-alpha/.installed: pyproject.toml constraints-alpha.txt
	$(PYTHON) -m venv $(VENV)-alpha
	$(VENV)-alpha/bin/pip install --quiet --disable-pip-version-check -c constraints-alpha.txt -e '.[agents,browse,dev]' datasette==$(ALPHA)
	touch $@

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/mypy

check: lint test test-slow  ## lint, format, spelling, types, all tests

bench: $(VENV)/.installed-dev  ## every benchmark, each beside its baseline in the same run
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/.installed-dev  ## take the README's screenshots of the example graph again; needs chromium
	$(BIN)/python docs/screenshots.py

build: $(VENV)/.installed-dev  ## the wheel, in dist/
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

lock:  ## regenerate constraints*.txt and requirements-hashed.txt: exact versions, no registry addresses
	rm -rf $(VENV)-lock
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet --disable-pip-version-check '.[agents,browse,topics,watch,dev,many]'
	$(VENV)-lock/bin/pip freeze --exclude gleanings --exclude-editable > constraints.txt
	$(VENV)-lock/bin/pip install --quiet --disable-pip-version-check '.[agents,browse,dev]' datasette==$(ALPHA)
	$(VENV)-lock/bin/pip freeze --exclude gleanings --exclude-editable > constraints-alpha.txt
	$(VENV)-lock/bin/pip install --quiet --disable-pip-version-check uv
	$(VENV)-lock/bin/uv pip compile --quiet pyproject.toml $(HASHED) -c constraints.txt --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --no-emit-index-url -o requirements-hashed.txt
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) $(VENV)-alpha $(VENV)-lock $(VENV)-newest $(DEMO) dist
