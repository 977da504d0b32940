# Thin over tox: sets tox up in .venv, and lets it do the rest.

.DEFAULT_GOAL := help
.PHONY: help report test bench lint types clean

help:
	@echo "make report   judge and measure every cache on every backend that can run here, and make the pages"
	@echo "make test     all tests of the project"
	@echo "make bench    measure with the time that good figures need"
	@echo "make lint     the rules of the house"
	@echo "make types    the types, strictly"
	@echo "make clean    remove what all these have set up, but no report"
	@echo "Each is an environment of tox; backends and Pythons have their own: .venv/bin/python -m tox list"

report test bench lint types: .venv/ready
	@echo "== tox -e $@ (installs what it needs the first time)"
	@.venv/bin/python -m tox -qq -e $@

.venv/ready:
	@PYTHON="$(PYTHON)" sh .ci/setup

clean:
	rm -rf .venv .tox .benchmarks .mypy_cache .pytest_cache .ruff_cache
