# Two commands are the contract: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run test check audit lock test-tools
.ONESHELL:
SHELL := /bin/sh
.SHELLFLAGS := -eu -c

PYTHON ?= python3
BIN := .venv/bin
DJANGO_FILES := practice_site pages intake

help:
	@echo "make run    install what is needed, prepare the site and serve it (Ctrl-C stops it)"
	@echo "make test   the whole suite: SQLite, PostgreSQL and a real browser"
	@echo "make check  lint, types, templates, import contracts, migrations, deploy check"
	@echo "make audit  known vulnerabilities of what is installed (needs the network)"
	@echo "make lock   write the pinned requirements anew from the .in files"

# Each stamp is newer than the pins it installed, so a second run installs nothing.
.venv/.run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
	  echo "Python 3.11 or newer is needed. Set PYTHON=/path/to/python3.11 to choose one." >&2; exit 1; }
	test -x $(BIN)/pip || $(PYTHON) -m venv .venv || {
	  echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch $@

run: .venv/.run
	@$(BIN)/python manage.py prepare
	exec $(BIN)/python manage.py serve

test-tools: .venv/.dev
	@tests/install-tools

test: test-tools
	@echo "== SQLite =="
	$(BIN)/python -m pytest -q -n 2 -m "not browser"
	if $(BIN)/python -m tests.postgres; then
	  echo "== PostgreSQL =="
	  $(BIN)/python -m pytest -q -n 2 -p tests.postgres -m "not browser and not own_database"
	fi
	echo "== Browser =="
	$(BIN)/python -m pytest -q -m browser

check: .venv/.dev
	@$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(DJANGO_FILES)
	$(BIN)/djlint templates --check --lint
	$(BIN)/lint-imports
	$(BIN)/python -m tests.production makemigrations --check --dry-run
	$(BIN)/python -m tests.production check --deploy --fail-level WARNING

audit: .venv/.dev
	@$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements.txt

lock: .venv/.dev
	@$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/pip install --quiet uv
	for name in requirements requirements-dev; do
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-emit-index-url $$name.in -o $$name.txt
	done
