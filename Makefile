# `make run` to try it, `make test` to prove it. Each installs what it needs into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 5000
BIN := .venv/bin
export FLASK_APP := app.py
# The tests start a hundred processes: what one has compiled, the next need not.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-postgres check lint audit pins hooks bench fuzz long clean

run: .venv/run-ready
	@$(BIN)/flask serve --check --port $(PORT)
	@$(BIN)/flask migrate
	@KSCB_BASE_URL=$${KSCB_BASE_URL:-http://127.0.0.1:$(PORT)} $(BIN)/flask demo --if-empty
	@$(BIN)/flask serve --port $(PORT)

test: .venv/dev-ready
	$(BIN)/python -m pytest -n 3

# On one shared database, so by one worker; the browser tests serve the demonstration from SQLite.
test-postgres: .venv/dev-ready
	@test -n "$$KSCB_TEST_DATABASE" || { echo "Set KSCB_TEST_DATABASE to a database that may be emptied, like psycopg3://me@127.0.0.1/kscb_test"; exit 1; }
	$(BIN)/python -m pytest -n 0 --ignore tests/browser

check: lint audit .venv/dev-ready
	$(BIN)/python -m pytest -n 3 --cov

hooks: .venv/dev-ready
	$(BIN)/pre-commit install

lint: .venv/dev-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Our own code by bandit, and what it needs by the advisories published about it.
audit: .venv/dev-ready
	$(BIN)/bandit -q -c pyproject.toml -r app.py kscb_actions migrations
	$(BIN)/python -m tests.advisories requirements-dev.txt

# Every file that each requirement may be installed from is held by its hash.
pins: .venv/dev-ready
	@for name in requirements requirements-postgres requirements-dev; do \
		CUSTOM_COMPILE_COMMAND="make pins" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras \
			--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file $$name.txt $$name.in || exit 1; \
	done

# All of it takes ten minutes; ONLY="bench_chase bench_plans" measures those.
bench: .venv/dev-ready
	$(BIN)/python -m tests.bench $(ONLY)

# Plans damaged at random, 10,000 of them: none may end in a traceback, hang, or take much memory.
fuzz: .venv/dev-ready
	KSCB_LONG=1 $(BIN)/python -m pytest -n 2 tests/plans_in/test_mutations.py

long: .venv/dev-ready
	KSCB_LONG=1 $(BIN)/python -m pytest -n 3

.venv/run-ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed. Set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what the application needs. The first time takes a minute."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev-ready: .venv/run-ready requirements-dev.txt requirements-postgres.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
