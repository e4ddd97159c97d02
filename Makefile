# `make run` and `make test` are all one needs; both set everything up first.
# Paths are relative throughout, so that a folder with a space in its name is no trouble.

PYTHON ?= python3
PY := .venv/bin/python
BUILD := openslot/web/static/build
ASSETS := $(shell find assets -type f 2>/dev/null | grep -v ' ')
PRODUCTION := ENVIRONMENT=production BASE_URL=https://openslot.example \
	ALLOWED_HOSTS=openslot.example EMAIL_URL=smtp://mail.example:25 \
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	ENCRYPTION_KEYS=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))')

.DEFAULT_GOAL := help
.PHONY: help install run check test audit packages soak rehearsal bench mutants words openapi screenshots pages lighthouse pin-images clean
.DELETE_ON_ERROR:

# The targets with the comment behind each; what `make` says by itself.
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

install: .venv/.installed $(if $(wildcard package.json),$(BUILD)/.built)  ## set up: packages, assets, the program .venv/bin/openslot

run: install  ## the demo with its worker on http://localhost:8000
	@$(PY) -m openslot up --demo

check: install  ## format, lint, floors, types, migrations, deployment checks
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@.venv/bin/lint-imports
	@.venv/bin/deptry --no-ansi openslot
	@.venv/bin/deptry --no-ansi scripts bench rehearsal tests --ignore DEP002,DEP004
	@$(PY) -m mypy
	@$(PY) -m openslot makemigrations --check --dry-run
	@$(PY) -m openslot check --fail-level WARNING
	@$(PRODUCTION) $(PY) -m openslot check --deploy --fail-level WARNING

test: check  ## check, and every test
	@$(PY) -m pytest -n 2

# Beside `make test`: it asks indexes on the network, which are not always to be had. What cannot be
# asked is a failure, too.
audit: install  ## whether a flaw of a package that we run with is known: pip-audit, npm audit
	@$(PY) -m scripts.audit

packages: install  ## write docs/packages.md anew: packages and their licences
	@$(PY) -m scripts.packages

# SOAK_CALLS, SOAK_SECONDS and SOAK_SEED say how large the histories are (docs/proof.md).
soak: install  ## races and properties with ten times the rounds; calls for twenty minutes, everything killed
	@OPENSLOT_ROUNDS=10 HYPOTHESIS_PROFILE=soak $(PY) -m pytest -n 2 -m "race or property"
	@SOAK_CALLS=$${SOAK_CALLS:-10000} SOAK_SECONDS=$${SOAK_SECONDS:-1200} \
		$(PY) -m pytest -p no:randomly tests/running/test_histories.py

# As root, with Debian's etcd-server, patroni, python3-etcd, pgbouncer, haproxy and postgresql.
rehearsal: install  ## several machines in network namespaces that fail while people book (docs/proof.md)
	@$(PY) -m rehearsal $(if $(SEED),--seed $(SEED)) $(if $(KEEP),--keep "$(KEEP)")

bench: install  ## speed as ratios, on a database of its own
	@$(PY) -m bench

.PHONY: proof
proof: install  ## soak, rehearsal and benches one after the other, one report: data/proof.md
	@$(PY) -m scripts.proof

# Small changes of a room's code, each of which a test should notice: which ones none does.
# SAMPLE=50 tries fewer, SEED=2 others, TESTS="tests/api tests/web" with other tests than the floor's.
mutants: install  ## mutation testing: make mutants ROOM=appointments/free
	@$(PY) -m scripts.mutants $(ROOM) --sample $(or $(SAMPLE),300) --seed $(or $(SEED),1) \
		$(if $(TESTS),--tests $(TESTS)) $(if $(ONLY),--only "$(ONLY)") $(if $(MINUTES),--minutes $(MINUTES))

# After a text was added or changed; NEW=fr begins another language.
words: install  ## gather every text into the catalogues of translations
	@DJANGO_SETTINGS_MODULE=openslot.settings $(PY) -m scripts.words $(if $(NEW),--new $(NEW))

# After a change of the API: its description, which a test compares.
openapi: install  ## write docs/openapi.yaml anew
	@$(PY) -m openslot spectacular --file docs/openapi.yaml --validate --fail-on-warn

screenshots: install  ## the picture in the README
	@$(PY) -m scripts.screenshots

# Pictures go to data/pages; ONLY=hours takes those whose name has that in it, DOCS=1 those of docs/screenshots.
pages: install  ## a picture of every page, two widths and themes; axe and narrow over each
	@$(PY) -m scripts.pages $(if $(ONLY),--only "$(ONLY)") $(if $(DOCS),--docs)

lighthouse: install lighthouse/node_modules/.installed  ## Lighthouse on five pages, the median of five runs; alone
	@PATH="$$PATH:$$PWD/.venv/bin" $(PY) -m scripts.lighthouse

lighthouse/node_modules/.installed: lighthouse/package-lock.json node_modules/.installed
	@cd lighthouse && PATH="$$PATH:$$PWD/../.venv/bin" npm ci --no-progress --loglevel=error --ignore-scripts
	@touch $@

# Name the images of Dockerfile and compose.yaml by the digests that their tags have now.
pin-images:  ## write the digests of the images into the Dockerfile and compose.yaml
	@$(PYTHON) scripts/pin_images.py Dockerfile compose.yaml

# The data folder stays.
clean:  ## remove what install made; the data folder stays
	rm -rf .venv node_modules $(BUILD) .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache build openslot.egg-info

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "OpenSlot needs Python 3.11 or newer, and $(PYTHON) is none:" \
			"name another one, as in make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { \
		echo "No environment could be made; Debian and Ubuntu have it in python3-venv" >&2; exit 1; }
	@touch $@

# The installer itself comes by pip, by the hashes in the same file; it then does the rest.
.venv/.installed: .venv/.python pyproject.toml requirements-dev.txt
	@echo "Installing Python packages"
	@awk '/^uv==/ { on = 1 } on { print } on && !/\\$$/ { exit }' requirements-dev.txt > .venv/uv.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	@$(PY) -m uv pip sync --quiet --python $(PY) requirements-dev.txt
	@$(PY) -m uv pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	@touch $@

node_modules/.installed: package-lock.json .npmrc | .venv/.installed
	@command -v npm > /dev/null || { echo "No npm here: installing Node.js into .venv"; \
		$(PY) -m uv pip install --quiet --python $(PY) -r requirements-node.txt; }
	@echo "Installing the packages of the pages"
	@PATH="$$PATH:$$PWD/.venv/bin" npm ci --no-progress --loglevel=error
	@touch $@

$(BUILD)/.built: node_modules/.installed package.json $(ASSETS)
	@PATH="$$PATH:$$PWD/.venv/bin" npm run --silent build
	@touch $@
