# The two commands of the README, `make run` and `make test`, and the steps they are made of.
# Each does all its set-up on a fresh machine.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test lint unit setup system lock dagster bench clean ckan ckan-down

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
WORKERS ?= 2
export GX_ANALYTICS_ENABLED := false
# Compiled modules are kept: without them every process pays seconds for its imports.
unexport PYTHONDONTWRITEBYTECODE

# The live tests have a portal of their own, so that nobody's work is touched.
TEST_PORTAL := var/test-portal

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | column -t -s $$'\t'

run: setup  ## sample files of all families through the whole walk, into ./var
	@$(BIN)/sportlake demo
	@$(BIN)/sportlake run

# A CKAN is started while lint and the unit tests run, and stopped whatever happens.
test: setup system  ## everything: lint, unit, integration, golden, house, and live against a CKAN started for it
	@portal() { PYTHONPATH=tests $(BIN)/python -W ignore -m support.portal "$$1" $(TEST_PORTAL); }; \
	trap 'wait $$starting || true; portal down' EXIT; \
	portal up & starting=$$!; \
	$(MAKE) --no-print-directory lint; \
	$(BIN)/pytest -n $(WORKERS) --durations 25 --cov --cov-report term:skip-covered tests/unit; \
	wait $$starting; \
	SPORTLAKE_TEST_PORTAL=$(TEST_PORTAL) $(BIN)/pytest -n $(WORKERS) --dist loadfile --durations 25 --ignore tests/unit

lint: setup  ## ruff, mypy, import-linter
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: setup  ## the fast tests alone
	$(BIN)/pytest -q -n $(WORKERS) tests/unit

ckan: setup  ## a CKAN portal of our own on 127.0.0.1 (the first time builds it)
	@$(BIN)/sportlake ckan up

ckan-down: setup  ## stop it; its data stay
	@$(BIN)/sportlake ckan down

dagster: setup  ## the stewards' window, on 127.0.0.1:3000
	$(BIN)/sportlake dagster

bench: setup  ## figures, on demand: prints, never fails on time
	@for bench in tests/bench/bench_*.py; do PYTHONPATH=tests $(BIN)/python "$$bench"; done

setup: $(VENV)/.ready  ## the environment in .venv, from requirements.lock

# uv installs the lock in seconds where pip takes minutes; where it is not there, pip brings a pinned one into the environment.
$(VENV)/.ready: requirements.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) -m venv $(VENV)
	@uv=$$(command -v uv || true); \
	if [ -z "$$uv" ]; then \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-uv.lock; \
	  uv=$(BIN)/uv; \
	fi; \
	"$$uv" pip install --quiet --no-deps --require-hashes --python $(BIN)/python --requirement requirements.lock; \
	"$$uv" pip install --quiet --no-deps --python $(BIN)/python --editable .
	@touch $@

system:  ## what the tests need beside Python: a Chromium (root: from the distribution's packages)
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	      chromium fonts-noto-cjk >/dev/null; \
	  else echo 'make: no chromium here; the browser tests will be skipped' >&2; fi; }

lock:  ## compile the lock files again
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --group dev pyproject.toml --output-file requirements.lock
	echo "uv==$$($(BIN)/uv --version | cut -d' ' -f2)" | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header - --output-file requirements-uv.lock
	cd catalog/ckan/portal; for wish in requirements requirements-bundled; do \
	  "$(CURDIR)/$(BIN)/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --override overrides.txt $$wish.txt --output-file $$wish.lock; done

clean:  ## remove what the platform made, portals and their databases too (the environment stays)
	@for home in var $(TEST_PORTAL); do \
	  if [ -e $$home/ckan/state.json ]; then SPORTLAKE_HOME=$$home $(BIN)/sportlake ckan remove --yes; fi; done
	rm -rf var
