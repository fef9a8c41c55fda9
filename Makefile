# Everything anyone must know: install, run, test, check, bench.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Folders that hold corpus/ and questions.jsonl, to measure on: make bench COLLECTIONS='a b'
COLLECTIONS ?=
export HF_HUB_OFFLINE ?= 1
export TOKENIZERS_PARALLELISM ?= false
# Bytecode is kept: else each of the processes that tests start would compile the package anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install run test check bench browser lock clean

install: $(INSTALLED)

# pip, and not another resolver: it is the one that takes the CPU build pinned in constraints.txt.
$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[export,offline,onnxruntime,dev]'
	touch $@

run: install
	@$(BIN)/qa-service index --if-changed
	@$(BIN)/qa-service serve

# Files in their own order: else those of few tests come last, the slowest among them.
test: install browser check
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/qa-service eval --corpus corpus --baseline eval/baseline.json --report eval/report \
		--gate 'recall@3=0.95' --gate 'recall@1=0.80' --gate 'char_recall@250=0.80' \
		--gate 'answer_recall=0.60' \
		--gate 'false_answer.out-of-scope<=0' --gate 'false_abstain<=0.05'

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/python benchmarks/serving.py
	@if [ -n "$(COLLECTIONS)" ]; then \
		$(BIN)/python benchmarks/quality.py $(COLLECTIONS) \
		&& $(BIN)/python benchmarks/indexing.py $(addsuffix /corpus,$(COLLECTIONS)); \
	else \
		echo "quality and indexing are skipped: give COLLECTIONS='FOLDER ...', each with corpus/ and questions.jsonl"; \
	fi

# The page is tested in a real browser; without one those tests are skipped, and say so.
browser:
	@command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 \
		|| { command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] && apt-get update -qq \
			&& { apt-get install -y -qq chromium-headless-shell \
				|| apt-get install -y -qq chromium; }; } >/dev/null 2>&1 \
		|| echo "no chromium here and none could be installed: the browser tests will be skipped"

# Pin what is installed now; torch stays at the last release whose plain build is for the CPU.
lock: install
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt

clean:
	rm -rf $(VENV) build dist index/gen-* index/CURRENT eval/report
