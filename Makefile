# Gouji 勾稽. `make help` lists the targets. Needs python3.11, pip and make; everything else is set up here.

RAW ?= raw
WAREHOUSE ?= warehouse
PYTHON ?= python3.11
UV_VERSION := 0.13.9
LOAD_OPTIONS ?=
REPORT_OPTIONS ?=
# OCR=1 recognises scans as well: the packages for it are added, as `make ocr` does.
OCR ?=
TEST_OPTIONS ?=
# Test files run side by side in so many processes; 0 runs them one after another in one.
TEST_PROCESSES ?= 2

export UV_COMPILE_BYTECODE=1
export UV_PYTHON_DOWNLOADS=never
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
UV := .boot/bin/uv
LOCKED := pyproject.toml uv.lock .python-version
# Development packages stay once they are there: `make load` never takes away what `make test` needs.
RUN_STAMP := .venv/.gouji-run
DEV_STAMP := .venv/.gouji-dev
OCR_STAMP := .venv/.gouji-ocr
BENCH_STAMP := .venv/.gouji-bench

.PHONY: help load report ocr test dev lint types samples bench-accuracy bench-rules bench-report bench-scans bench-load bench-reading bench-producers dictionary clean

help: ## List the targets 列出所有目标
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make load RAW=<folder> WAREHOUSE=<folder> loads any folder into any warehouse."

load: $(RUN_STAMP) $(if $(OCR),$(OCR_STAMP)) ## Load RAW into WAREHOUSE 装载文件
	@$(BIN)/gouji load --raw "$(RAW)" --warehouse "$(WAREHOUSE)" $(LOAD_OPTIONS)

report: $(RUN_STAMP) ## Write the findings report of WAREHOUSE 生成发现报告
	@$(BIN)/gouji report --raw "$(RAW)" --warehouse "$(WAREHOUSE)" $(REPORT_OPTIONS)

ocr: $(OCR_STAMP) ## Add what recognises scans, about 120 MB to download 安装扫描件识别

test: $(DEV_STAMP) ## Run the whole test suite 运行全部测试
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $(TEST_OPTIONS)

dev: $(RUN_STAMP) ## Open the Dagster UI on http://localhost:3000 打开 Dagster 界面
	@GOUJI_RAW="$(abspath $(RAW))" GOUJI_WAREHOUSE="$(abspath $(WAREHOUSE))" $(BIN)/python -m dagster_project.dev

lint: $(DEV_STAMP) ## Check style of Python and SQL 检查代码风格
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 2 dbt/models dbt/tests

types: $(DEV_STAMP) ## Check types 检查类型
	@$(BIN)/mypy

samples: $(DEV_STAMP) ## Write the sample documents in raw/samples 生成示例文件
	@$(BIN)/python -m dagster_project.samples

bench-accuracy: $(DEV_STAMP) ## Measure reading against gold 测量读取准确度
	@$(BIN)/python bench/accuracy.py $(BENCH_OPTIONS)
	@$(if $(BENCH_OPTIONS),,$(BIN)/python bench/accuracy.py roundtrip --layout scan --number 50)

bench-rules: $(DEV_STAMP) ## Damage documents and see what the rules catch 检验规则
	@$(BIN)/python bench/rules.py $(BENCH_OPTIONS)

bench-report: $(DEV_STAMP) ## Read findings reports in a real browser 在浏览器中检验发现报告
	@$(BIN)/python -m bench.report $(BENCH_OPTIONS)

bench-scans: $(DEV_STAMP) ## Read documents as scans and count what is wrong 测量扫描件识别
	@$(BIN)/python bench/scans.py $(BENCH_OPTIONS)

bench-load: $(DEV_STAMP) ## Measure loading 100 and 1,000 documents 测量装载速度
	@$(BIN)/python bench/load.py $(BENCH_OPTIONS)

bench-reading: $(BENCH_STAMP) ## Measure reading PDF beside other readers 与其他读取器对比
	@$(BIN)/python bench/reading.py $(BENCH_OPTIONS)

bench-producers: $(DEV_STAMP) ## Read PDF printed by browsers and LibreOffice 测量其他软件打印的 PDF
	@$(BIN)/python bench/producers.py $(BENCH_OPTIONS)

dictionary: $(RUN_STAMP) ## Write docs/data-dictionary.md from dbt 生成数据字典
	@$(BIN)/python -m dagster_project.dictionary

clean: ## Remove the environment and what was generated, never a warehouse 清理
	@rm -rf .venv .boot .mypy_cache .ruff_cache .pytest_cache .hypothesis build dbt/target dbt/logs

$(UV):
	@$(PYTHON) --version >/dev/null 2>&1 || { echo "Gouji needs python3.11, which was not found. Install it, or name it: make load PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up, once: about 220 MB to download, 370 MB with the tests 首次安装，约下载 220 MB，含测试 370 MB"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target .boot "uv==$(UV_VERSION)"

$(RUN_STAMP): $(LOCKED) | $(UV)
	@$(UV) sync --quiet --frozen --inexact --no-dev --python $(PYTHON)
	@$(BIN)/python -m dagster_project.transform
	@touch $@

$(DEV_STAMP): $(LOCKED) | $(UV)
	@$(UV) sync --quiet --frozen --inexact --python $(PYTHON)
	@$(BIN)/python -m dagster_project.transform
	@touch $(RUN_STAMP) $(OCR_STAMP) $@

$(OCR_STAMP): $(LOCKED) | $(UV)
	@echo "Adding what recognises scans, once 首次安装扫描件识别"
	@$(UV) sync --quiet --frozen --inexact --no-dev --extra ocr --python $(PYTHON)
	@$(BIN)/python -m dagster_project.transform
	@touch $(RUN_STAMP) $@

$(BENCH_STAMP): $(LOCKED) | $(UV)
	@$(UV) sync --quiet --frozen --inexact --group bench --python $(PYTHON)
	@touch $@
