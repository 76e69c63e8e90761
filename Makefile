# The wishes of this repository. Each one sets up what it needs first, says what it installs, and may be repeated.
SHELL := /bin/sh
PYTHON := .venv/bin/python
LISTS := policy hardware broker kiosk admin_web demo tests $(wildcard bench)
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help demo test test-long bench check ready-demo ready-test

help: ## these wishes
	@echo "Phonekeep. Your wishes:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

demo: ready-demo ## the whole school on one machine; opens the bench in a browser
	@.venv/bin/phonekeep-demo --data .demo $(DEMO)

test: ready-test ## every test but the long lane (at most 10 minutes on 2 cores)
	@$(PYTHON) -m pytest -n 2 --dist loadfile -m "not long" $(ARGS)

test-long: ready-test ## the long lane too: kills, hostile link, and the office's whole suite on PostgreSQL
	@$(PYTHON) -m pytest -n 2 --dist loadfile $(ARGS)
	@PHONEKEEP_TEST_DATABASE=postgresql $(PYTHON) -m pytest -n 2 --dist loadfile tests/admin_web $(ARGS)

bench: ready-test ## take the figures; prints a table, writes bench/results.json
	@$(PYTHON) -m bench $(ARGS)

check: ready-demo ## ruff, mypy --strict and the architecture test
	@$(PYTHON) -m ruff check $(LISTS)
	@$(PYTHON) -m ruff format --check $(LISTS)
	@$(PYTHON) -m mypy --strict $(LISTS)
	@$(PYTHON) -m pytest -q tests/test_architecture.py

ready-demo:
	@tools/install-system-packages.sh demo
	@tools/install-python-packages.sh

ready-test:
	@tools/install-system-packages.sh test
	@tools/install-python-packages.sh
