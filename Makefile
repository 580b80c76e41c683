# Two commands for a newcomer: `make demo` and `make test`. Both start with `make setup`.
# Distributions build their Python with optimisations, version managers seldom do: a search costs a
# tenth less with one that is. It only makes the virtual environment.
ABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell /usr/bin/python3 -c '$(ABLE)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
VENV := .venv
BIN := $(VENV)/bin
DEMO_DIR := .demo
DEMO_SEED := 20261123
ONCE ?=
FROM ?= $(DEMO_DIR)
SCALE ?= department
# A set that is already written is indexed instead of made, only where it was named.
SET = $(if $(filter command environment,$(origin FROM)),--from $(FROM))
BENCH ?=
# Processes of pytest: the tests share one node, which needs the other half of the machine.
WORKERS ?= 2
# Its requests are drawn from the OpenAPI document at collection: seconds in each worker.
NO_CONTRACT = --ignore=tests/api/test_contract.py
# The tests start some hundred processes: Python keeps what it compiles, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE
STARTED := $(shell date +%s)
STATIC = $(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . \
	&& $(BIN)/mypy && $(BIN)/lint-imports --no-logo
SPENT = echo "make $@: $$(( $$(date +%s) - $(STARTED) )) s"

.DEFAULT_GOAL := help
.PHONY: help setup demo check test test-full conformance documents bench indexing profile clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready ## virtual environment and Elasticsearch, once per machine
	@$(BIN)/sas up --prepare

$(VENV)/.ready: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: install it, or run make PYTHON=/path/to/python"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than 3.11: run make PYTHON=/path/to/a/newer/python"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: install your system's python3-venv package"; exit 1; }
	@echo "Creating the virtual environment in $(VENV) with $(PYTHON) (once, a minute or two)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: setup ## load test data, print one ranked page, serve the API (ONCE=1: print and stop)
	@rm -rf $(DEMO_DIR)
	@$(BIN)/sas up
	@$(BIN)/sas generate --seed $(DEMO_SEED) --out $(DEMO_DIR)
	@$(BIN)/sas reindex --from $(DEMO_DIR) --import
	@$(BIN)/sas search "médecin généraliste" --near 48.8566,2.3522
ifeq ($(ONCE),)
	@$(BIN)/sas serve
else
	@$(BIN)/sas down
endif

check: $(VENV)/.ready ## gates, and the tests without Elasticsearch, processes or sets: a minute
	@$(STATIC)
	@$(BIN)/pytest -q -n $(WORKERS) -m "not elastic and not heavy" $(NO_CONTRACT)
	@$(SPENT)

test: setup ## gates and tests on one shared node; only the longest repetitions are few
	@$(STATIC)
	@$(BIN)/pytest -q -n $(WORKERS)
	@$(SPENT)

test-full: setup ## all repetitions, clusters of three nodes, a soak of ten minutes
	@$(STATIC)
	@$(BIN)/pytest -q -n $(WORKERS) --full
	@$(SPENT)

conformance: setup ## rewrite docs/conformance.md from the marks of the tests
	@$(BIN)/pytest --collect-only -q --write-conformance >/dev/null

documents: setup ## rewrite the generated pages of docs/reference from the code
	@$(BIN)/python -m tests.documents.generated

bench: setup ## our API beside Elasticsearch itself, in one table (SCALE=national, FROM=DIR, BENCH=--strict)
	@$(BIN)/sas up
	@$(BIN)/python -m bench --scale $(SCALE) $(SET) $(BENCH)

indexing: setup ## a reindex by stage, beside a raw bulk of the same documents (FROM=DIR)
	@$(BIN)/sas up
	@$(BIN)/python -m bench.indexing --from $(FROM) $(BENCH)

profile: setup ## where the time of the API's process goes
	@$(BIN)/sas up
	@$(BIN)/python -m bench --scale $(SCALE) --profile $(BENCH)

clean: ## what the demo wrote, never your data
	rm -rf $(DEMO_DIR) build *.egg-info
