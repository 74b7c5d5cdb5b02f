# Two commands do all the set-up and the work on a fresh machine: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# torch by itself, held at a release with a CPU build (constraints.txt); all else with its hash; then rarml, unaided
INSTALL_LOCKED = $(PIP) --constraint constraints.txt torch && $(PIP) --require-hashes --requirement $(1) \
	&& $(PIP) --no-deps --no-build-isolation --editable .
UV := $(VENV)/lock/bin/uv

.PHONY: demo test test-fast bench lint format types imports check docs pages setup setup-dev shipped experiments lock \
	test-lowest test-newest clean

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

# The documentation as a site, built strictly and without the network: open site/index.html.
docs: setup-dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet
	@echo "Open site/index.html in a browser."

# The pages that are made from the code (docs/reference, docs/model-cards), anew.
pages: setup-dev
	@$(BIN)/python -m docs.generate

# Rebuild the shipped atlas and models from the real data (RARML_DATA or ../shared/data).
shipped: setup-dev
	@$(BIN)/python experiments/train_shipped.py

# Every table and plot of the docs, from the real data and the held-out tables that are kept (experiments/README.md).
# Timings and in-silico perturbations are made anew each time, which takes hours. `make tables` only judges: minutes.
TABLES := feature_blocks rare_value sequence_model sequence_designs evaluation readme_tables
EXPERIMENTS := benchmarks/scan eligibility_audit sequence_ablation benchmarks/sequence benchmarks/run controls_deseq \
	controls peers/run $(TABLES) from_counts own_code estimator_checks

experiments: SCRIPTS := $(EXPERIMENTS)
tables: SCRIPTS := $(TABLES)
experiments tables: setup-dev | build/reference-hg38
	@for name in $(SCRIPTS); do echo "== $$name"; $(BIN)/python experiments/$$name.py || exit 1; done

build/reference-hg38: | $(VENV)/.installed-dev
	@RARML_DATA=$${RARML_DATA:-../shared/data} $(BIN)/rarml reference build configs/reference-hg38.yaml --out $@

setup: $(VENV)/.installed
setup-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@echo "Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt requirements.lock | $(VENV)/bin/python
	@echo "Installing rarml and what it needs (a few minutes the first time)"
	@$(call INSTALL_LOCKED,requirements.lock)
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "Installing the development tools"
	@$(call INSTALL_LOCKED,requirements-dev.lock)
	@touch $@

# The locks anew, within constraints.txt, for Python 3.11 to 3.13 on Linux, macOS and Windows; no index is named in them.
lock: $(UV)
	@$(UV) pip compile --quiet $(LOCKED) --output-file requirements.lock
	@$(UV) pip compile --quiet $(LOCKED) --extra dev --output-file requirements-dev.lock

LOCKED := pyproject.toml --group build --universal --python-version 3.11 --constraint constraints.txt \
	--generate-hashes --no-emit-package torch --no-annotate --custom-compile-command "make lock"

# The fast tests with the oldest and the newest versions that pyproject.toml allows, each in an environment of its own.
test-lowest test-newest: test-%: $(UV)
	@$(UV) venv --quiet --allow-existing --seed --python $(PYTHON) .venv-$*
	@grep '^torch==' constraints.txt > $(VENV)/torch.txt
	@.venv-$*/bin/python -m pip install --quiet --requirement $(VENV)/torch.txt
	@$(UV) pip install --quiet --python .venv-$* --resolution $(if $(filter lowest,$*),lowest-direct,highest) \
		--override $(VENV)/torch.txt --editable '.[dev]'
	@.venv-$*/bin/python -m pytest -n auto --dist worksteal -m "not slow and not real_data"

$(UV): | $(VENV)/bin/python
	@$(PYTHON) -m venv $(VENV)/lock
	@$(VENV)/lock/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9'

clean:
	rm -rf $(VENV) .venv-lowest .venv-newest demo-output site .pytest_cache .mypy_cache .ruff_cache
