# make run | make test | make bench. Another Python than python3: make run PYTHON=python3.12
PYTHON ?= python3
INSTALL = @$(PYTHON) -m olgfeast.install

.PHONY: run test bench

run:
	$(INSTALL)
	@exec .venv/bin/python -m olgfeast.launch

test:
	$(INSTALL) --dev
	@.venv/bin/python -m ruff check .
	@.venv/bin/python -m ruff format --check .
	@.venv/bin/python -m pytest

bench:
	$(INSTALL) --dev
	@exec .venv/bin/python -m benchmarks
