# make demo    one machine, three receivers, the whole way      make test   all tests
# make check   style, types, imports; writes nothing            make fix    style, mended
# make bench   figures for docs/performance.md (also bench-speech, -master, -listen)  make chaos  kills at random moments
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install demo test check fix bench bench-speech bench-master bench-listen chaos clean

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# what pip does, a line for each package, so that nobody stares at a still screen
SHOW := sed -u -n -e 's/^Collecting \([A-Za-z0-9_.\[\]-]*\).*/  ... \1/p' -e 's/^Installing collected.*/  ... installing/p' -e '/^ERROR/p' -e '/^error/p'

help:
	@sed -n 's/^# //p' Makefile | head -3

.venv/made: pyproject.toml constraints.txt
	@deploy/system.sh run
	@echo "Đang tạo môi trường Python (.venv) / making .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(PIP) install -c constraints.txt -e '.[server,receiver]' | $(SHOW)
	@touch $@

.venv/made-dev: .venv/made
	@deploy/system.sh test
	@echo "Đang cài công cụ kiểm thử / installing what the tests need"
	@$(PIP) install -c constraints.txt -e '.[server,receiver,dev]' | $(SHOW)
	@touch $@

install: .venv/made

demo: .venv/made
	@exec $(BIN)/loalang demo

test: .venv/made-dev
	@deploy/system.sh test
	@# whole houses with their receivers mostly wait: they come after, beside each other. So does the real browser:
	@# what simulated pages leave in NiceGUI's modules keeps it from logging in
	$(BIN)/python -m pytest -n auto --dist loadfile --ignore tests/system --ignore-glob '*_in_chromium.py'
	$(BIN)/python -m pytest -n 3 --dist loadfile tests/ui/test_*in_chromium.py tests/system

check: .venv/made-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

fix: .venv/made-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/made-dev
	$(BIN)/loalang bench
	$(BIN)/python -m broadcast.commands.bench_master

# an hour mastered by the command people use, its figures written into the docs
bench-master: .venv/made-dev
	$(BIN)/python -m broadcast.commands.bench_master --into docs/performance.md

# ten bulletins the whole way to a receiver, and what its horn gave: nine minutes
bench-listen: .venv/made-asr
	$(BIN)/python -m broadcast.commands.bench_listen --into docs/performance.md

# what each voice loses on the way to an ear, written into the docs; RECORDINGS=folder of NAME.wav with NAME.txt
bench-speech: .venv/made-asr
	$(BIN)/python -m broadcast.commands.bench_speech --into docs/performance.md $(if $(RECORDINGS),--recordings '$(RECORDINGS)')

.venv/made-asr: .venv/made-dev
	@$(PIP) install -c constraints.txt -e '.[server,receiver,dev,asr]' | $(SHOW)
	@touch $@

chaos: .venv/made
	$(BIN)/loalang chaos --kills 20

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
