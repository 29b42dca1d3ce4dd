# The commands of this project. `make` alone lists them.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test check lint format types contracts migrations-check lock reset bench stories lives mutants push-run grand-run clean plugin

# Byte code is cached (and ignored by git) also where the machine says not to: tests start three times as fast.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
# Tests run in this many processes; two is what a small machine has.
PYTEST_JOBS ?= 2
# A page that was too slow for its browser is looked at once more, as browser tests are run everywhere; the summary
# names each one (RERUN). Nothing else is ever tried twice.
ONCE_MORE := --reruns 1 --only-rerun 'Timeout [0-9]+ms exceeded' -raR

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install everything into .venv, from the locks; quick when nothing changed
	@.ci/setup

run: setup ## start Kizuna with two demonstration shops; Ctrl-C stops it
	@exec $(BIN)/kizuna up --sandbox

test: setup ## install what the tests need, check, then run all of them
	@.ci/programs
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest -n $(PYTEST_JOBS) --dist loadgroup --times $(ONCE_MORE)

check: setup lint types contracts migrations-check ## style, types, floors, migrations

lint: setup ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: setup ## ruff: put right what it can
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format .

types: setup ## mypy, strict
	@$(BIN)/mypy

contracts: setup ## import-linter: who may import whom
	@$(BIN)/lint-imports >.venv/contracts.txt 2>&1 || { cat .venv/contracts.txt; exit 1; }
	@tail -n 2 .venv/contracts.txt

migrations-check: setup ## Alembic up, down, up and model drift on SQLite and PostgreSQL
	@$(BIN)/pytest -q -p no:cacheprovider tests/house/test_migrations.py

lock: setup ## write the locks anew; UPGRADE=1 takes newer versions too
	@.ci/lock $(if $(UPGRADE),--upgrade)

reset: ## throw away the data of `make run`
	rm -rf .kizuna

# Stories are numbered; each is the same everywhere.
FROM ?= 1000
STORIES ?= 3000

stories: setup ## invented stories told to the engine and to the oracle: FROM=1000 STORIES=3000
	@$(BIN)/python -m tests.oracle.twice $(FROM) $(STORIES)

SEED ?= 1
LIVES ?= 300
STEPS ?= 50

lives: setup ## whatever may happen to a programme, in any order: SEED=1 LIVES=300 STEPS=50
	@SEED=$(SEED) LIVES=$(LIVES) STEPS=$(STEPS) $(BIN)/pytest -q -p no:cacheprovider --timeout=0 tests/machine

bench: setup ## all benchmarks; BENCH_SCALE=0.1 for a short run
	@$(BIN)/python -m tests.benchmarks

bench-%: setup
	@$(BIN)/python -m tests.benchmarks $*

# A campaign ends with one line of JSON; exit code 1 where anything was lost or doubled.
SEED ?= 1

push-run: setup ## campaigns with real kills: 20,000 deliveries on PostgreSQL, 5,000 on SQLite; SEED=1
	@$(BIN)/python -m tests.campaign --engine postgresql --deliveries 20000 --seed $(SEED)
	@$(BIN)/python -m tests.campaign --engine sqlite --deliveries 5000 --seed $(SEED)

# The night's sizes: say less where the machine is small.
GRAND ?= 1000000
GRAND_SQLITE ?= 100000

grand-run: setup ## the same for a night, with progress: GRAND=1000000 GRAND_SQLITE=100000 SEED=1
	@$(BIN)/python -m tests.campaign --engine postgresql --deliveries $(GRAND) --shops 50 --kills 200 --flushes 20 \
		--db-restarts 5 --seed $(SEED)
	@$(BIN)/python -m tests.campaign --engine sqlite --deliveries $(GRAND_SQLITE) --kills 50 --seed $(SEED)

mutants: setup ## plant bugs one by one and see a test turn red for each; WORDS="tier L4" for some
	@$(BIN)/python -m tests.mutants $(WORDS)

# What a shop installs: the plugin with the built widget beside it. Needs no setup.
PLUGIN := kizuna-loyalty-for-woocommerce
BUILD ?= build

plugin: ## the WordPress plugin as build/kizuna-loyalty-for-woocommerce.zip
	@rm -rf $(BUILD)/plugin $(BUILD)/$(PLUGIN).zip
	@mkdir -p $(BUILD)/plugin
	@cp -R widgets/woocommerce $(BUILD)/plugin/$(PLUGIN)
	@rm $(BUILD)/plugin/$(PLUGIN)/README.md $(BUILD)/plugin/$(PLUGIN)/phpcs.xml.dist
	@mkdir -p $(BUILD)/plugin/$(PLUGIN)/assets
	@cp widgets/storefront/dist/*.js $(BUILD)/plugin/$(PLUGIN)/assets/
	@cd $(BUILD)/plugin && python3 -m zipfile -c ../$(PLUGIN).zip $(PLUGIN)
	@echo "$(BUILD)/$(PLUGIN).zip"

clean: ## remove what was installed and cached; the data of `make run` stays
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find app integrations jobs migrations tests -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
