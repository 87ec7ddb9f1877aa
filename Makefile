# Copyright: (c) 2026, netns.lab contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Any Python from 3.11 on. Without it, python3.14 to python3.11 are tried as well.
PYTHON ?= python3
# Handed on to what a target runs, for example: make unit ARGS="-k address"
ARGS ?=

export PYTHON
export PATH := $(CURDIR)/.venv/bin:$(PATH):/usr/sbin:/sbin
# The collection is found under .build, whatever the user has set up for Ansible
# (that ansible.cfg is empty).
export ANSIBLE_COLLECTIONS_PATH := $(CURDIR)/.build
export ANSIBLE_CONFIG := $(CURDIR)/.build/ansible.cfg
export ANSIBLE_PYTHON_INTERPRETER := $(CURDIR)/.venv/bin/python

.PHONY: help
help:
	@echo 'make demo         build both example labs in a sandbox and ping through them'
	@echo 'make test         lint, unit tests, integration tests and molecule scenarios'
	@echo 'make lint         the linters alone'
	@echo 'make unit         the unit tests alone'
	@echo 'make integration  the integration tests alone, in a sandbox'
	@echo 'make molecule     the molecule scenarios alone, in sandboxes'
	@echo 'make soak         the integration tests with many more rounds'
	@echo 'make test-matrix  a selection with every version of Python, pyroute2 and ansible-core'
	@echo 'make bench        time and memory against other ways to build labs (ARGS="--help")'
	@echo 'make clean        remove what the others have made'
	@echo
	@echo 'ARGS="..." hands on arguments, PYTHON=... chooses the Python.'

.PHONY: demo
demo:
	@tests/environment requirements.txt
	@tests/sandbox tests/demo $(ARGS)

.PHONY: test
test: environment
	@tests/run $(ARGS)

.PHONY: lint unit integration molecule
lint unit integration molecule: environment
	@tests/run $@ -- $(ARGS)

.PHONY: soak
soak: environment
	@tests/debian .cache/debian
	@NETNS_LAB_SOAK=1 tests/run integration -- $(ARGS)

.PHONY: test-matrix
test-matrix: environment
	@tests/matrix $(ARGS)

.PHONY: bench
bench: environment
	@tests/benchmark/prerequisites
	@PYTHONPATH=.build python -m ansible_collections.netns.lab.tests.benchmark $(ARGS)

.PHONY: environment
environment:
	@tests/environment requirements-dev.txt

.PHONY: clean
clean:
	rm -rf .ansible .build .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .venv
	rm -rf changelogs/.plugin-cache.yaml tests/output netns-lab-*.tar.gz
	find . -name __pycache__ -prune -exec rm -rf {} +
