# Two commands are the contract: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run test check audit lock html bench firefox firefox-figures

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder
PIP := $(BIN)/pip install --quiet --disable-pip-version-check

help:
	@echo "make run    install what is needed, prepare the site and serve it (Ctrl-C stops it)"
	@echo "make test   the whole suite: SQLite, PostgreSQL and a real browser"
	@echo "make check  lint, types, templates, import contracts, migrations, deploy check"
	@echo "make html   every page through the Nu HTML checker (needs Java and npm)"
	@echo "make firefox  leaving the site in Firefox (needs firefox-esr, Node.js and npm)"
	@echo "make bench  all that is promised of speed and weight, in one table (an hour or more)"
	@echo "make audit  known vulnerabilities of what is pinned (needs the network)"
	@echo "make lock   write the pinned requirements anew from the .in files"

# Each stamp is newer than the pins it installed, so a second run installs nothing.
.venv/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. Choose one: make PYTHON=python3.11" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
	  { echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

run: .venv/.run
	@$(BIN)/python manage.py prepare
	@exec $(BIN)/python manage.py serve

test: .venv/.dev
	@tests/install-tools
	@echo "== SQLite =="
	@$(PYTEST) -m "not browser"
	@if $(BIN)/python -m tests.postgres; then echo "== PostgreSQL =="; \
	  $(PYTEST) -p tests.postgres -m "not browser and not own_database"; fi
	@echo "== Browser =="
	@$(PYTEST) -m browser

check: .venv/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy practice_site pages intake
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.production makemigrations --check --dry-run
	@$(BIN)/python -m tests.production check --deploy --fail-level WARNING

html: .venv/.dev
	@cd .venv && npm pack --silent vnu-jar | xargs tar xzf
	@$(BIN)/python -m tests.nu_check .venv/package/build/dist/vnu.jar

firefox: .venv/.dev
	@$(BIN)/python -m tests.firefox leaving

firefox-figures: .venv/.dev
	@$(BIN)/python -m tests.firefox figures

bench: .venv/.dev
	@$(BIN)/python -m benchmarks

audit: .venv/.dev
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.txt

lock: .venv/.dev
	@$(PIP) uv
	@for name in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-emit-index-url $$name.in -o $$name.txt; done
