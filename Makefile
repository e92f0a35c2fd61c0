# Everything a newcomer types. `make help` lists it. Needs GNU make and Python 3.11 or newer, nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python that is new enough; `make PYTHON=/some/python3.12 run` chooses another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
FLOORS := bot handlers workflows evidence models config
PIP := $(PY) -m pip --quiet --disable-pip-version-check
LOCKED := install --require-hashes
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: help run test check storm bench fuzz screenshots docs lock sbom clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: .venv/runtime ## serve everything on http://127.0.0.1:8000
	@$(PY) -m bot serve

test: .venv/dev ## run every test but the storms, on SQLite, PostgreSQL and in Chromium
	@$(PY) -m pytest -q -n 4 --dist worksteal -m "not storm"

check: .venv/dev ## lint, format, types, layers and docs, in under a minute
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(PY) -m bot docs --check

storm: .venv/dev ## run the tests that kill, crowd and starve, for minutes
	@$(PY) -m pytest -q -m storm --timeout 1800

bench: .venv/dev ## measure, as ratios within one run
	@$(PY) -m scripts.bench

fuzz: .venv/dev ## try thousands of examples on every property test
	@$(PY) -m pytest -q -n 2 -m hypothesis --hypothesis-profile fuzz --timeout 1800

screenshots: .venv/dev ## draw the pictures of the documentation anew
	@$(PY) -m scripts.screenshots

docs: .venv/dev ## write the generated parts of docs/ anew
	@$(PY) -m bot docs

lock: ## renew both hashed locks (needs uv)
	@$(LOCK) --upgrade pyproject.toml --output-file requirements.lock
	@$(LOCK) --upgrade --extra dev --constraint requirements.lock pyproject.toml --output-file requirements-dev.lock
	@! grep -nE '://|^-|(^|[ "])/' requirements.lock requirements-dev.lock || { echo "a lock names an address or a path"; exit 1; }

sbom: .venv/dev ## list what it takes to run it, with licences, in var/sbom.json (CycloneDX)
	@rm -rf var/sbom && mkdir -p var && $(PYTHON) -m venv --without-pip var/sbom
	@$(PIP) --python var/sbom/bin/python $(LOCKED) -r requirements.lock
	@.venv/bin/cyclonedx-py environment var/sbom/bin/python --pyproject pyproject.toml --output-file var/sbom.json
	@rm -rf var/sbom
	@echo "wrote var/sbom.json"

clean: ## remove what was built; var/, where your data is, stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A changed lock means a fresh environment: nothing that was dropped from the lock lingers.
.venv/runtime: requirements.lock
	@test -n "$(PYTHON)" || { echo "Countersign needs Python 3.11 or newer; install one or say make PYTHON=..."; exit 1; }
	@echo "making .venv from $<"
	@$(PYTHON) -m venv --clear .venv
	@$(PIP) $(LOCKED) -r $<
	@touch $@

.venv/dev: requirements-dev.lock .venv/runtime
	@echo "adding to .venv from $<"
	@$(PIP) $(LOCKED) -r $<
	@touch $@
