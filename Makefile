# Every target is one command of start.py, so that those without make have the same.
PYTHON ?= python3

.PHONY: help run test check fmt lock benchmark pictures install

help:
	@$(PYTHON) start.py help

run test check fmt lock benchmark pictures install:
	@$(PYTHON) start.py $@ $(ARGS)
