# make demo: score the bundled rollouts.  make test: everything that must pass.  See CONTRIBUTING.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
OUT ?= out
# Processes that the tests run in; a file's tests stay in one of them.
JOBS ?= 2
# One thread for each library's own pool: the machine's cores are for the tests' processes.
export OMP_NUM_THREADS ?= 1

.PHONY: demo test lint types unit docs bench clean test-stacks test-stacks-light test-stacks-newer
.DELETE_ON_ERROR:

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "rewardkit: error: expected Python 3.11 or newer, got " + sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip

$(VENV)/.core: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.core

# Installs the core alone and scores the bundled rollouts.
demo: $(VENV)/.core
	@mkdir -p $(OUT)
	$(BIN)/rewardkit score examples/gsm8k.jsonl --reward gsm8k --keep -o $(OUT)/gsm8k.scored.jsonl --restart
	$(BIN)/rewardkit summary $(OUT)/gsm8k.scored.jsonl
	$(BIN)/rewardkit score examples/think-answer.jsonl --reward r1 --keep -o $(OUT)/think-answer.scored.jsonl --restart
	$(BIN)/rewardkit summary $(OUT)/think-answer.scored.jsonl

# Everything: format, lint, types, tests with doctests, documentation and coverage, and the contracts
# of the stacks that need no torch.
test: lint types unit
	$(MAKE) test-stacks-light

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --cov --cov-report=term:skip-covered

# Contract tests, each with a real stack in an environment of its own under .stacks/: their pins
# contradict each other. What fits them is taken from $(VENV).
LIGHT := skyrl inspect_ai reasoning_gym verifiers
TORCH := verl openrlhf swift areal

test-stacks-light: $(LIGHT:%=contract-%)

test-stacks: $(LIGHT:%=contract-%) $(TORCH:%=contract-%) test-stacks-newer

# NeMo-Gym installs on no older Python.
PYTHON313 ?= python3.13

test-stacks-newer:
	@if $(PYTHON313) -c 'import sys; sys.exit(sys.version_info < (3, 13, 14))' 2>/dev/null; \
	then $(MAKE) contract-nemo_gym; \
	else echo "nemo_gym: not tested: $(PYTHON313) is no Python 3.13.14 or newer, set PYTHON313"; fi

contract-%: .stacks/%/.made
	.stacks/$*/bin/python -P -m pytest -q -c tests/stacks/pytest.ini tests/stacks/$*_contract.py

.PRECIOUS: .stacks/%/.made
.stacks/%/.made: tests/stacks/%.txt tests/stacks/environment.sh $(VENV)/.dev
	tests/stacks/environment.sh $* $(PYTHON) $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

.stacks/nemo_gym/.made: tests/stacks/nemo_gym.txt tests/stacks/environment.sh pyproject.toml
	tests/stacks/environment.sh nemo_gym $(PYTHON313)

docs: $(VENV)/.dev
	$(BIN)/mkdocs build --strict --site-dir site

$(VENV)/.bench: $(VENV)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	@touch $@

# Speed and accuracy beside the peers, on labelled rollouts and pairs of your own:
# make bench ROLLOUTS=rollouts.jsonl PAIRS='pairs.jsonl golds.jsonl'
bench: $(VENV)/.bench
	$(BIN)/python benchmarks/linear_time.py
	$(BIN)/python benchmarks/adapter_overhead.py
	$(BIN)/python benchmarks/serve_load.py
	$(BIN)/python benchmarks/ray_engine.py --rows 500000
	$(BIN)/python benchmarks/perception_speed.py
	$(BIN)/python benchmarks/score_throughput.py $(or $(ROLLOUTS),examples/gsm8k.jsonl)
	$(BIN)/python benchmarks/verifier_accuracy.py $(or $(PAIRS),examples/pairs/math.jsonl)
	$(BIN)/python benchmarks/verifier_speed.py $(or $(strip $(ROLLOUTS) $(PAIRS)),examples/gsm8k.jsonl)

clean:
	rm -rf $(VENV) .stacks $(OUT) site build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
