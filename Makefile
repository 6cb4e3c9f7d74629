# `make setup` and `make test` need python >= 3.11, git and a network; everything is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Two processes with one thread each: torch's own threads would fight over the cores.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup reference demo test lint format golden docs bench clean

help:  ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

setup: .venv/.installed .venv/.reference  ## make .venv with everything pinned; quick when nothing changed

.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "archspec needs Python 3.11 or later, and $(PYTHON) is " + sys.version.split()[0] + ": make PYTHON=python3.11 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --quiet --constraint constraints.txt torch hatchling
	$(PIP) install --quiet --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	@touch $@

reference: setup  ## hold every network to torchvision and timm, at its own input too; takes half an hour
	$(PYTEST) -n 2 --dist worksteal -m "exhaustive or reference"

# Without their dependencies: torch is there, and building a network needs none of the rest.
.venv/.reference: .venv/.installed
	$(PIP) install --quiet --constraint constraints.txt --no-deps torchvision timm
	@touch $@

demo: setup  ## build GhostNet and print VGG-16 as PyTorch source
	@mkdir -p build
	$(BIN)/archspec build specs/ghostnet.yaml
	$(BIN)/archspec codegen specs/vgg16.yaml -o build/vgg16.py
	@cat build/vgg16.py

test: setup lint  ## lint, then run every test
	$(PYTEST) -n 2 --dist worksteal

lint: setup  ## ruff, mypy, and the order of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup  ## let ruff mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

golden: setup  ## rewrite the files that tests compare with; read the diff
	$(PYTEST) --rewrite-golden
	git diff --stat

docs: setup  ## bring docs/errors.md and all that the documents show up to date
	$(PYTEST) --rewrite-golden tests/test_documents.py tests/reference/test_sizes.py
	git diff --stat

bench: setup  ## measure speed, write docs/benchmarks.md
	$(BIN)/python -m benchmarks

clean:  ## remove .venv, build/ and caches
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
