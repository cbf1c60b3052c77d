# Everything a person or CI does here: `make help`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BASE := $(VENV)/.installed-base
ALL := $(VENV)/.installed-all
WORKERS ?= auto
STACK ?= dev
DIR ?= tests/sandbox/engine/transcripts
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help install up check test lint types layers unit properties bench golden docs transcripts lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(ALL) ## the environment with everything in it, as CI takes it

up: $(BASE) ## bring a stack up on the sandbox (STACK=dev)
	$(BIN)/platform up --stack $(STACK) --yes

check: lint types layers unit ## lint, types, layers and the quick tests

test: lint types layers properties ## all that CI runs
	$(BIN)/pytest -n $(WORKERS) $(PYTEST_ARGS)

properties: $(ALL) ## the properties of the address planner, 1,000 examples each
	HYPOTHESIS_PROFILE=ci $(BIN)/pytest -n $(WORKERS) tests/components/vpc/addressing

lint: $(ALL)
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .

types: $(ALL)
	$(BIN)/mypy

layers: $(ALL)
	$(BIN)/lint-imports

unit: $(ALL)
	$(BIN)/pytest -n $(WORKERS) -m "not slow" $(PYTEST_ARGS)

bench: $(ALL) ## measure against the named references; prints ratios
	$(BIN)/python -m benchmarks

golden: $(ALL) ## record the golden files anew; each change needs a line in CHANGELOG.md
	$(BIN)/pytest -n 0 -p no:randomly --update-golden -m golden $(PYTEST_ARGS)

docs: $(ALL) ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

transcripts: $(ALL) ## replay every engine transcript of a folder (DIR=...)
	PYTHONPATH=tests $(BIN)/python -m support.transcripts $(DIR)

lock: $(ALL) ## pin the dependencies anew, with hashes
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --all-extras $(foreach group,build test lint docs,--group pyproject.toml:$(group)) -o requirements/all.txt
	$(BIN)/uv pip compile $(LOCK) pyproject.toml --extra aws --extra kubernetes --extra vault --group pyproject.toml:build -c requirements/all.txt -o requirements/base.txt
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

clean: ## remove what was made: environment, sandbox, caches
	rm -rf $(VENV) .sandbox dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The lock first, by hash; then the project itself, which pip would refuse beside hashes.
$(VENV)/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.x ...")'
	$(PYTHON) -m venv $(VENV)

$(BASE): $(VENV)/pyvenv.cfg requirements/base.txt pyproject.toml
	$(PIP) install --no-compile --require-hashes -r requirements/base.txt
	$(PIP) install --no-compile --no-deps --no-build-isolation -e .
	@touch $@

$(ALL): $(BASE) requirements/all.txt
	$(PIP) install --no-compile --require-hashes -r requirements/all.txt
	@touch $@
