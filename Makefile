# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
DEMO ?= runs/demo
RECORDING ?= training_baselines/recordings/miniature-strong-static.jsonl
BENCH ?=

.PHONY: help demo test test-slow bench docs check format system clean

help: ## list all targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: system $(VENV)/.base ## install, grade the answers of a small trained model, and print its tier table
	$(BIN)/tarot-bench evaluate --model replay:$(RECORDING) --data synthetic-small:48 -n 4 --output $(DEMO) --resume

test: system $(VENV)/.dev ## install the test dependencies, then run all tests except slow ones
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-slow: system $(VENV)/.dev ## run the slow tests: real benchmarks, a busy machine, clusters, training
	$(BIN)/python -m pytest -n 2 --dist loadfile -m slow

bench: system $(VENV)/.bench ## measure the sandbox and its peers, in minutes; BENCH="--quick" for a short run; writes runs/bench
	$(BIN)/python -m tests.bench $(BENCH)

docs: $(VENV)/.docs ## build the documentation site into site/, and fail on any warning
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

check: $(VENV)/.dev ## check style, types and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

system: ## install the system package that isolation needs
	@command -v bwrap >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq bubblewrap >/dev/null; \
	else \
		echo "bubblewrap is missing: install it first, as in 'sudo apt-get install bubblewrap'" >&2; exit 1; \
	fi

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[dev,docs,hf,lm-eval,inspect,ray,e2b,train]"
	@touch $@ $(VENV)/.base

$(VENV)/.docs: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[docs]"
	@touch $@ $(VENV)/.base

$(VENV)/.bench: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[bench]"
	@touch $@ $(VENV)/.base

clean: ## remove the outputs of the targets
	rm -rf $(VENV) runs dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
