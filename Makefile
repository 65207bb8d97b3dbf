# Two commands matter: `make run` serves the portal with the 2021 plan, `make test` runs the whole suite.
# Needed: Python 3.11 to 3.13 with venv, make. No compiler, no node, no database server.

PORT ?= 8000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python

# Everything of ours that a tool looks at by file name, without the virtual environment and local state.
FIND := find . \( -path ./$(VENV) -o -path ./var -o -path ./.git -o -path '*/node_modules' \) -prune -o

# A requirements file is installed again only when its text differs from the copy made at the last install.
define install
@cmp -s $(1) $(VENV)/$(1) || { echo "Installing $(1) …"; \
	$(PY) -m pip install --quiet --disable-pip-version-check -r $(1) && cp $(1) $(VENV)/$(1); }
endef

TEMPLATES := $(FIND) -path '*/templates/*' -name '*.html' -print0 | xargs -0 -r
SOURCES := $(FIND) -name '*.py' -not -path '*/migrations/*' -print0 | xargs -0 -r

.PHONY: help run test lint format check nightly bench screenshots requirements requirements-dev

help:
	@echo "make run     serve on http://127.0.0.1:$(PORT) (PORT changes it) with the 2021 plan and demo accounts"
	@echo "make test    the whole suite on SQLite (ARGS=… goes to pytest)"
	@echo "make lint    formats, idioms, import direction, missing migrations"
	@echo "make format  writes what lint would change"
	@echo "make check   what CI runs: lint, then the suite on SQLite and on PostgreSQL with Redis"
	@echo "make nightly the vote's races, kills and funding with full counts, on PostgreSQL (DATABASE_URL)"
	@echo "make bench   measurements on PostgreSQL, targets beside them"
	@echo "make screenshots  eight pages as pictures in docs/screenshots/ (needs chromium)"

run: export DEBUG = 1
run: export SITE_URL ?= http://127.0.0.1:$(PORT)
run: requirements
	@exec $(PY) manage.py serve 127.0.0.1:$(PORT)

# The embedded default whatever .env says. What needs a real PostgreSQL is left out here and runs in `make check`.
test: export DATABASE_URL = sqlite:///var/test.sqlite3
test: export REDIS_URL =
test: export DEBUG = 0
test: requirements-dev
	@$(PY) -m pytest -n auto --maxprocesses 4 -m "not postgres" $(ARGS)

lint: export DATABASE_URL = sqlite://:memory:
lint: export REDIS_URL =
lint: export SECRET_KEY = lint
lint: requirements-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(TEMPLATES) $(BIN)/djade --target-version 5.2 --check
	@$(SOURCES) $(BIN)/django-upgrade --target-version 5.2 --check
	@$(BIN)/lint-imports
	@$(PY) manage.py makemigrations --check --dry-run

# What lint would only complain about. A tool that changed something ends with 1: no failure here.
format: requirements-dev
	-@$(TEMPLATES) $(BIN)/djade --target-version 5.2
	-@$(SOURCES) $(BIN)/django-upgrade --target-version 5.2 --exit-zero-even-if-changed
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format .

check:
	@bash .ci/run

nightly: export VOTE_KILLS = 100
nightly: export VOTE_CRASHES = 3
nightly: export FUNDING_EXAMPLES = 3000
nightly: export VOTE_VOTERS = 508
nightly: export VOTE_WALK = full
nightly: requirements-dev
	@$(PY) -m pytest -rsfE tests/voting/test_races.py tests/voting/test_commands.py tests/voting/test_survive.py \
		tests/voting/test_linkage.py tests/voting/test_counting_funding.py tests/voting/test_no_count.py

bench: requirements
	@$(PY) -m benchmarks

screenshots: requirements-dev
	@$(PY) -m tools.screenshots

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Python 3.11 to 3.13 is needed; choose one with PYTHON=python3.12 make …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "venv is missing: apt-get install python3-venv"; exit 1; }

requirements: $(PY)
	$(call install,requirements.txt)

requirements-dev: requirements
	$(call install,requirements-dev.txt)
