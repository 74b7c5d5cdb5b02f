# Two commands do all the set-up and the work on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test test-fast bench lint format types imports check setup setup-dev shipped experiments clean

# The main job on what ships: score a gene list with four models, retrain one in quick mode, compare it with another.
demo: setup
	$(BIN)/rarml score configs/demo-genes.txt --out demo-output/score --top 10 --cards 3 --overwrite
	$(BIN)/rarml train mcf-7 --config configs/quick.yaml --out demo-output/mcf-7-quick --overwrite
	$(BIN)/rarml compare demo-output/mcf-7-quick sh-sy5y --out demo-output/compare --top 5 --overwrite
	@echo "Open demo-output/score/report.html in a browser."

test: setup-dev
	@$(BIN)/python -m pytest -n auto --dist worksteal

test-fast: setup-dev
	@$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow and not real_data"

# How long the hot functions take; no part of the tests. Whole jobs: experiments/benchmarks/run.py.
bench: setup-dev
	@$(BIN)/python -m pytest tests/benchmarks/bench_hot.py -o python_files='bench_*.py' -o python_functions='bench_*' \
		--benchmark-columns=median,iqr,ops,rounds --benchmark-sort=name

check: lint types imports

lint: setup-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: setup-dev
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: setup-dev
	@$(BIN)/mypy

imports: setup-dev
	@$(BIN)/lint-imports

# Rebuild the shipped atlas and models from the real data (RARML_DATA or ../shared/data).
shipped: setup-dev
	@$(BIN)/python experiments/train_shipped.py

# Every table and plot of the docs anew, from the real data: a night on 2 cores. What was computed before is kept in
# build/ and used again where its inputs are the same, so that a stopped run goes on. The environments of two scripts
# (public toolkit, PyDESeq2) are described in them; without these, what needs them is left as it is.
EXPERIMENTS := benchmarks/scan eligibility_audit feature_blocks rare_value sequence_model \
	benchmarks/sequence benchmarks/run controls peers/run evaluation readme_tables

experiments: setup-dev
	@for name in $(EXPERIMENTS); do echo "== $$name"; $(BIN)/python experiments/$$name.py || exit 1; done

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing rarml and what it needs (a few minutes the first time)"
	@$(INSTALL) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the development tools"
	@$(INSTALL) --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) demo-output .pytest_cache .mypy_cache .ruff_cache
