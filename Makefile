# The commands of this platform; `make` alone lists them. Needs Python 3.11 or newer with venv, and a package index.

SHELL := /bin/sh
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help env env-dev run test check assets bench soak

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name what; do printf '  make %-9s %s\n' "$$name" "$$what"; done

env: ## the packages of requirements.txt in .venv (only when the file has changed)
	@./.make/environment requirements.txt

env-dev:
	@./.make/environment requirements.txt requirements-dev.txt

run: env ## the whole platform on http://localhost:8000 (PORT, RUN_DIR, DEMO=0); Ctrl-C stops it
	@exec $(PYTHON) manage.py up

test: env-dev ## every test worth running each time (FULL=1: all matrices; ARGS=… goes to pytest)
	@exec $(PYTHON) -m pytest -n 2 --dist worksteal -q $(ARGS)

check: env-dev ## lint, types, floors, migrations, OpenAPI, translations, built pages, compose file
	@exec $(PYTHON) .make/check.py $(ARGS)

assets: env ## the sheets and scripts of counter and portal anew, from assets/ (needs node and npm)
	@exec $(PYTHON) .make/assets.py

bench: env-dev ## figures as ratios (PART=pos|import|pages|backtest|nights, QUICK=1)
	@exec $(PYTHON) -m benchmarks

soak: env-dev ## long random and fault runs (SEED=… repeats one; SOAK_STEPS, CHAOS_SECONDS, CASES; ledger goes on where it was cut off)
	@exec $(PYTHON) -m pytest -q -s -p no:xdist -m soak $(ARGS)
