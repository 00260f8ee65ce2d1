# make run      set everything up and open the demo home   (make run ARGS="--port 8421 --dir D")
# make test     set everything up and pass the tests        (make test ARGS="-k journal")
# make check    format, lint, types, import contracts, docs
# make install  set up and stop there; a second call is instant
# make bench    measure; the figures go to bench/results and bench/RESULTS.md
# make lock     remake the locked requirements from pyproject.toml   (make lock UPGRADE=--upgrade)
# make peers    the environments of other people's software that the tests speak with
# make clean    remove what make made

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory --no-builtin-rules
.SUFFIXES:
.DEFAULT_GOAL := help

# Byte code is kept on purpose: without it every start compiles every module again.
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV PYTHONHOME PYTHONPATH

VENV  := .venv
BIN   := $(VENV)/bin
PIP   := $(BIN)/python -m pip --disable-pip-version-check
STAMP := $(VENV)/.made
PEERS := .peers
STATIC := src/jiahe/web/static
ARGS  ?=
WORKERS ?= 2

# The first Python on the path that is new enough; say PYTHON=... to choose another.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)

say = @printf '[jiahe] %s\n'

.PHONY: help install run test check bench lock peers clean tools tools-node app-checks app-tests docs-checks
.NOTPARALLEL:

help:
	@sed -n '/^# make/s/^# //p' Makefile

# ---- what the machine must have -------------------------------------------------------------------------------

tools:
	@[ -n "$(PYTHON)" ] || { \
		echo "[jiahe] Python 3.11 or newer is needed; python3 here is: $$(python3 --version 2>&1 || true)" >&2; exit 1; }
	@[ -x $(BIN)/python ] || "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "[jiahe] Python 3.11 or newer is needed; $(PYTHON) is $$("$(PYTHON)" --version 2>&1)" >&2; exit 1; }
	@[ -x $(BIN)/python ] || "$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "[jiahe] $(PYTHON) cannot make environments: the venv package is missing (Debian, Ubuntu: apt install python3-venv)" >&2; exit 1; }

tools-node:
	@[ -e app/node_modules/.made ] || command -v node >/dev/null || { \
		echo "[jiahe] Node 20.19 or newer is needed to build the phone app; node is not on the path" >&2; exit 1; }
	@[ -e app/node_modules/.made ] || node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || { \
		echo "[jiahe] Node 20.19 or newer is needed to build the phone app; node here is $$(node --version)" >&2; exit 1; }
	@[ -e app/node_modules/.made ] || command -v npm >/dev/null || { \
		echo "[jiahe] npm is needed to build the phone app; it is not on the path" >&2; exit 1; }

# An environment holds absolute paths: after the folder was moved or copied, or its Python removed, it is made anew.
MOVED := $(shell if [ -d $(VENV) ] && ! { [ "$$(cat $(STAMP)-at 2>/dev/null)" = "$$(pwd)" ] && $(BIN)/python -c '' 2>/dev/null; }; then \
	echo "[jiahe] the environment was made for another place: making it anew" >&2; rm -rf $(VENV) $(PEERS); fi)

# ---- the environment --------------------------------------------------------------------------------------------

$(STAMP)-venv: | tools
	$(say) "making the Python environment in $(VENV) with $(PYTHON)"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@pwd > $(STAMP)-at
	@touch $@

$(STAMP)-packages: requirements-dev.lock $(STAMP)-venv
	$(say) "installing the locked Python packages (once; a minute or two)"
	@$(PIP) install --quiet --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

$(STAMP)-jiahe: pyproject.toml $(STAMP)-packages
	$(say) "installing jiahe itself"
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

SOURCES := $(shell find src -name '*.py' 2>/dev/null)
$(STAMP)-bytecode: $(SOURCES) $(STAMP)-jiahe
	@$(BIN)/python -m compileall -q src
	@touch $@

# ---- the phone app ----------------------------------------------------------------------------------------------

ifneq ($(wildcard app/package.json),)
APP := $(STATIC)/index.html
APP_SOURCES := $(shell find app -name node_modules -prune -o -name dist -prune -o -name '.*' -prune -o -name '*.tsbuildinfo' -o -type f -print 2>/dev/null)

app/node_modules/.made: app/package.json $(wildcard app/package-lock.json) | tools-node
	$(say) "installing the phone app's packages (once; a minute or so)"
	@cd app && if [ -f package-lock.json ]; then npm ci --no-audit --no-fund --loglevel=error; \
		else npm install --no-audit --no-fund --loglevel=error; fi >/dev/null
	@mkdir -p app/node_modules && touch $@

$(APP): $(APP_SOURCES) app/node_modules/.made
	$(say) "building the phone app"
	@cd app && npm run --silent build
	@touch $@

app-checks: app/node_modules/.made
	$(say) "phone app: types and lint"
	@cd app && npm run --silent check

app-tests: $(APP)
	$(say) "phone app: unit tests"
	@cd app && npm run --silent --if-present test
else
APP :=
app-checks app-tests:
endif

install: tools $(if $(APP),tools-node) $(STAMP)-bytecode $(APP)

run: install
	@exec $(BIN)/jiahe demo $(ARGS)

# ---- tests and checks -------------------------------------------------------------------------------------------

peers: $(PEERS)/.made-python-miio $(PEERS)/.made-msmart $(PEERS)/.made-midea-local

$(PEERS)/.made-%: tests/peers/requirements-%.txt | tools
	$(say) "installing the peer $* in $(PEERS)/$* (once; it stays out of our environment)"
	@mkdir -p $(PEERS) && "$(PYTHON)" -m venv --clear $(PEERS)/$*
	@$(PEERS)/$*/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes -r $<
	@touch $@

test: install peers app-tests
	$(say) "Python tests, $(WORKERS) at a time"
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

check: install app-checks
	$(say) "format"
	@$(BIN)/ruff format --check .
	$(say) "lint"
	@$(BIN)/ruff check --quiet .
	$(say) "types"
	@$(BIN)/mypy
	$(say) "import contracts"
	@$(BIN)/lint-imports
	@$(MAKE) docs-checks

docs-checks:
	@if [ -d tests/docs ]; then printf '[jiahe] docs\n'; $(BIN)/python -m pytest -q tests/docs; fi

bench: install peers
	$(say) "benchmarks"
	@$(BIN)/python -m bench $(ARGS)

# ---- upkeep -------------------------------------------------------------------------------------------------------

# uv resolves for every Python >= 3.11 and every platform at once and writes the hashes; plain pip installs the result.
# It lives in an environment of its own, and only for as long as this takes. PyRIC (GPL-3) is asked for by a recovery tool that
# the Bluetooth decoders bring along and nothing here ever loads: it is left out, hence `--no-deps` above (a lock is complete).
UPGRADE ?=
lock: tools
	$(say) "resolving the locked requirements"
	@rm -rf .lock-env && "$(PYTHON)" -m venv .lock-env && .lock-env/bin/python -m pip --disable-pip-version-check install --quiet uv
	@set -e; resolve() { .lock-env/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-emit-package pyric --prerelease if-necessary-or-explicit --custom-compile-command 'make lock' $(UPGRADE) "$$@"; }; \
	resolve pyproject.toml -o requirements.lock; \
	resolve pyproject.toml --extra dev --constraint requirements.lock -o requirements-dev.lock; \
	resolve tests/peers/python-miio.in -o tests/peers/requirements-python-miio.txt; \
	resolve tests/peers/msmart.in -o tests/peers/requirements-msmart.txt; \
	resolve tests/peers/midea-local.in -o tests/peers/requirements-midea-local.txt
	@rm -rf .lock-env
	@! grep -nE '^ *--(index|extra|find)|://|^[^ ]+ @ ' requirements.lock requirements-dev.lock tests/peers/requirements-*.txt \
		|| { echo "[jiahe] a lock names a host or a path: it must not" >&2; exit 1; }

clean:
	rm -rf $(VENV) $(PEERS) .lock-env app/node_modules app/dist $(STATIC) dist build \
		.pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
