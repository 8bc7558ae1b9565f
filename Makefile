# Two commands on a fresh machine: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests and benchmarks speak to nothing but this machine.
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 2

.PHONY: help demo test check format bench lock clean

help:
	@echo "make demo    建立环境，生成示范法院一年的交付，计算指标并导出"
	@echo "make test    运行全部测试"
	@echo "make check   代码检查（ruff、mypy --strict）"
	@echo "make bench   性能对比（CASE=名称 只运行一项，REPEAT=次数 代替五次）"
	@echo "make lock    重新锁定依赖的版本与哈希"

# --require-hashes: what is installed is what was locked, down to the build backend.
$(VENV)/.ready: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@

demo: $(VENV)/.ready
	$(BIN)/yunwei demo demo --replace

test: $(VENV)/.ready-dev
	$(PYTEST) -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks $(if $(CASE),--case $(CASE)) $(if $(REPEAT),--repeat $(REPEAT)) $(if $(JSON),--json $(JSON))

# No index address may reach a lock: a court's server has its own mirror or none.
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet
lock: $(VENV)/.ready-dev
	$(LOCK) --extra demo --output-file requirements.lock pyproject.toml build-backend.in
	$(LOCK) --extra demo --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml build-backend.in

clean:
	rm -rf $(VENV) demo build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
