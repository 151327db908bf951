# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
DEMO ?= runs/demo
RECORDING ?= training_baselines/recordings/miniature-strong-before.jsonl
PROBLEMS ?=
BENCH ?=
# Where it is set, each of the commands that tests start would compile the whole package again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo leaderboard gpu-check test test-slow test-lowest bench docs check format system clean

help: ## list all targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

demo: system $(VENV)/.base ## install, grade the answers of a small trained model, print its tier table, and write a report
	$(BIN)/tarot-bench evaluate --model replay:$(RECORDING) --data synthetic-small:48 -n 4 --output $(DEMO) --resume \
		--report $(DEMO)/report.html

leaderboard: system $(VENV)/.leaderboard ## make runs, submit and verify them, refuse a forged one, and build the site of a leaderboard
	PATH="$(abspath $(BIN)):$$PATH" examples/leaderboard/make.sh runs/leaderboard $(PROBLEMS)

gpu-check: system $(VENV)/.train ## train a recipe on this machine's GPU, and check that weights move, rewards rise, and a resume matches
	$(BIN)/python -m tests.bench.gpu_check

test: system $(VENV)/.dev ## install the test dependencies, then run all tests except slow ones
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

test-slow: system $(VENV)/.dev ## run the slow tests: real benchmarks, a busy machine, clusters, training
	$(BIN)/python -m pytest -n 2 --dist loadfile -m slow

test-lowest: system ## run the tests of models and of the Hub with the lowest client versions that pyproject.toml allows
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints-lowest.txt --editable ".[dev]"
	$(VENV)-lowest/bin/python -m pytest -n 2 --dist loadfile -m "not slow" tests/models tests/dataset/test_hub.py tests/publishing/test_hub.py

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
	$(PIP) --editable ".[report]"
	@touch $@

$(VENV)/.leaderboard: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[report,leaderboard]"
	@touch $@ $(VENV)/.base

# Without the constraints, which name a CPU build of torch.
$(VENV)/.train: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[report,train]"
	@touch $@ $(VENV)/.base

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[dev,docs,hf,lm-eval,inspect,ray,e2b,train,smollm2,report]"
	@touch $@ $(VENV)/.base $(VENV)/.leaderboard $(VENV)/.train

$(VENV)/.docs: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[docs]"
	@touch $@ $(VENV)/.base

$(VENV)/.bench: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[bench]"
	@touch $@ $(VENV)/.base

clean: ## remove the outputs of the targets
	rm -rf $(VENV) $(VENV)-lowest runs dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis
