# Everything a person or CI runs here. `make help` lists the targets.
#
# Recipes use relative paths only, so that a space in the path of this folder does no harm.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# What is imported is compiled once, also where Python is told to write no bytecode: tests start hundreds of processes.
export PYTHONPYCACHEPREFIX := $(CURDIR)/.local/pycache
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
PYTHON := $(VENV)/bin/python
STAMP := $(VENV)/.synced
SERVICES := $(notdir $(wildcard services/*))
DLT_STAMP := .local/bench-dlt/.synced
PHOENIX := .local/phoenix/bin/phoenix
AUDIT_STAMP := .local/pip-audit/.synced
MANIFESTS := pyproject.toml $(wildcard contracts/pyproject.toml infra/*/pyproject.toml services/*/pyproject.toml)
# SECONDS is also a variable that some shells count up by themselves: only the command line's counts.
DEMO_SECONDS := $(if $(filter command line,$(origin SECONDS)),$(SECONDS))
RATE_GIVEN := $(if $(filter command line,$(origin RATE)),$(RATE))
PORT := $(if $(filter command line,$(origin PORT)),$(PORT),8080)
SCENARIO ?= quiet
SCENARIO_FILE = $(if $(filter %.toml,$(SCENARIO)),$(SCENARIO),infra/wbsim/scenarios/$(SCENARIO).toml)
PYTEST_ARGS ?=
EXAMPLES ?= 200

.PHONY: help setup demo pictures phoenix wbsim test fuzz histories e2e any-day bench chaos alarms containers up down logs migrate run replay trace backfill backup restore republish key contracts contracts-check lint format lock clean licences audit-dependencies

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9_-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## Install what is needed into .venv and .local

demo: $(STAMP) ## See it live on fake outer worlds: SECONDS=60 to end by itself, RATE=50 changes a second, BOT=1 to talk to the bot
	@exec $(PYTHON) -m demo $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS)) $(if $(RATE_GIVEN),--rate $(RATE_GIVEN)) \
	  $(if $(filter-out 0,$(BOT)),--bot)

pictures: $(STAMP) ## Take the pictures of the documentation anew of a real run; needs Chromium and says what to install
	@exec $(PYTHON) -m demo.pictures

phoenix: $(STAMP) $(PHOENIX) ## One order's trace, asked of a collector that is not ours: Arize Phoenix, installed into .local/phoenix
	@exec $(PYTHON) -m demo.phoenix $(PHOENIX)

wbsim: $(STAMP) ## A fake Wildberries for any client, with tokens: SCENARIO=stormy (or a .toml file), PORT=8080
	@echo "What it plays and what to try: infra/wbsim/README.md; scenarios: infra/wbsim/scenarios"
	@echo "Is it up: http://127.0.0.1:$(PORT)/_sim/health; what a client should hold: http://127.0.0.1:$(PORT)/_sim/truth/orders"
	@exec $(PYTHON) -m wbsim --port $(PORT) --scenario "$(SCENARIO_FILE)"

# The checks run beside the tests; before them where only some tests are asked for.
test: $(if $(PYTEST_ARGS),lint contracts-check,$(STAMP)) ## Everything CI runs: lint, types, contracts, tests on real servers, coverage
	@rm -rf .local/coverage
	@CHECKS="lint contracts-check" sh tests/support/run.sh $(PYTHON) $(PYTEST_ARGS)
	@$(PYTHON) -m slipcover --merge .local/coverage/*.json --json --out coverage.json >/dev/null
	@$(PYTHON) tests/support/coverage_gate.py coverage.json

fuzz: $(STAMP) ## Schemathesis over the HTTP interface, other requests each time: EXAMPLES=200 of each operation
	@FUZZ_EXAMPLES=$(EXAMPLES) $(PYTHON) -m pytest tests/integration/gateway/test_fuzz.py -q $(PYTEST_ARGS)

histories: $(STAMP) ## Events in any order, repeated and split, with more histories than the suite has time for: EXAMPLES=200 of each test
	@FUZZ_EXAMPLES=$(EXAMPLES) $(PYTHON) -m pytest $$(grep -rl fuzzing.import.stored tests/integration) -q --timeout=0 $(PYTEST_ARGS)

e2e: $(STAMP) ## Only the end-to-end tests
	@$(PYTHON) -m pytest tests/e2e $(PYTEST_ARGS)

any-day: $(STAMP) ## The tests, demo and chaos under moved clocks: RUNS="leap-day", or MOMENT="2027-12-31 23:50:00 Europe/Moscow" ZONE=Pacific/Kiritimati
	@PYTHONPATH=tests exec $(PYTHON) -m any_day $(RUNS) $(if $(MOMENT),--moment "$(MOMENT)") $(if $(ZONE),--zone "$(ZONE)") \
	  --pytest-args "$(PYTEST_ARGS)"

bench: $(STAMP) $(DLT_STAMP) ## Measure beside the bare stack; the last line is one JSON object: PARTS="relay lanes", PATIENCE=3 on a busy machine
	@PYTHONPATH=tests exec $(PYTHON) -m bench $(PARTS) $(if $(PATIENCE),patience=$(PATIENCE))

chaos: $(STAMP) ## Kill, refuse, hide, forget, and count; the last line is one JSON object: PARTS="kills storms", SEED=7, PATIENCE=3
	@PYTHONPATH=tests exec $(PYTHON) -m chaos $(PARTS) $(if $(SEED),seed=$(SEED)) $(if $(PATIENCE),patience=$(PATIENCE))

alarms: $(STAMP) ## Break a running installation in many ways and wait for the alerts of each: HASTE=8, PARTS="RabbitMQ", PATIENCE=3
	@PYTHONPATH=tests exec $(PYTHON) -m alarms $(PARTS) $(if $(HASTE),haste=$(HASTE)) $(if $(PATIENCE),patience=$(PATIENCE))

.PHONY: recovery-drill
recovery-drill: $(STAMP) ## Back up, destroy PostgreSQL, RabbitMQ and Redis, restore, and compare every table: SIZES="rate=50 archived_seconds=60"
	@PYTHONPATH=tests exec $(PYTHON) -m recovery $(SIZES)

containers: $(STAMP) ## Build every image and try the platform in containers, on an engine started for it: needs root, Debian's packages, overlayfs
	@PYTHONPATH=tests exec $(PYTHON) -m containers

.PHONY: kubernetes
kubernetes: $(STAMP) ## Render the manifests of infra/kubernetes and check them: kustomize, the schemas of the API, our own rules
	@PYTHONPATH=tests exec $(PYTHON) -m manifests

up: $(STAMP) ## Start the platform in the background: Docker Compose where an engine answers, else this machine
	@exec $(PYTHON) -m local up

down: $(STAMP) ## Stop what `make up` started; data stay
	@exec $(PYTHON) -m local down

logs: $(STAMP) ## Follow the logs of what `make up` started
	@exec $(PYTHON) -m local logs

migrate: $(STAMP) ## Bring the database of `make up` up to date without starting the services
	@exec $(PYTHON) -m local migrate

run: $(STAMP) ## A service's own command on the running platform: COMMAND="notifier webhook list"
	@exec $(PYTHON) -m local run $(COMMAND)

replay: $(STAMP) ## Give a consumer the log again: CONSUMER=reporter, DRY_RUN=1, CABINET= TYPE= SINCE= UNTIL= RATE=; DO="list", "stop ID" …
	@exec nice -n 10 $(PYTHON) -m local run --as "$(CONSUMER)" servicekit replay $(or $(DO),start "$(CONSUMER)" \
	  $(if $(DRY_RUN),--dry-run) $(foreach each,$(CABINET),--cabinet $(each)) $(foreach each,$(TYPE),--type $(each)) \
	  $(if $(SINCE),--since "$(SINCE)") $(if $(UNTIL),--until "$(UNTIL)") $(if $(RATE_GIVEN),--rate $(RATE_GIVEN)) \
	  $(if $(or $(BY),$(USER)),--by "$(or $(BY),$(USER))"))

trace: $(STAMP) ## One trace as a tree, of what make up or demo did: ID=<trace, order id or srid, event, delivery, sync, command>, STORE=<folder>
	@$(PYTHON) -m servicekit trace $(if $(filter-out 0,$(ALL)),--all) --store "$(or $(STORE),.local/traces)" -- "$(ID)"

backfill: $(STAMP) ## Read a stretch of time again, with a progress bar: RESOURCE=orders SINCE=2026-11-01 UNTIL=2026-11-08 CABINET=<id>
	@exec $(PYTHON) -m local run ingestor backfill "$(RESOURCE)" --since "$(SINCE)" $(if $(UNTIL),--until "$(UNTIL)") \
	  $(if $(CABINET),--cabinet "$(CABINET)")

backup: $(STAMP) ## Copy the database and archive its changes: TO=folder KEEP=7, SECRETS=0 without keys; DO="list", "verify", "stop"
	@exec nice -n 10 $(PYTHON) -m local backup $(or $(DO),take $(if $(KEEP),--keep "$(KEEP)") $(if $(filter 0,$(SECRETS)),--no-secrets)) \
	  $(if $(TO),--to "$(TO)")

restore: $(STAMP) ## Put the data back: FROM=backups, AT=2026-11-20T12:30+03:00 or all there is; FORCE=1 in place of what is there, INTO=folder
	@exec $(PYTHON) -m local restore "$(FROM)" $(if $(AT),--at "$(AT)") $(if $(filter-out 0,$(FORCE)),--force) $(if $(INTO),--into "$(INTO)")

republish: $(STAMP) ## After a lost broker: publish again what was not consumed: DRY_RUN=1, SINCE= (else 7 days)
	@exec $(PYTHON) -m local republish $(if $(DRY_RUN),--dry-run) $(if $(SINCE),--since "$(SINCE)")

.PHONY: rotate
rotate: $(STAMP) ## Other keys for sealed tokens and secrets, while everything runs: docs/recovery.md
	@exec $(PYTHON) -m local rotate

key: $(STAMP) ## Print a new API key of the running platform: TELEGRAM_ID=123456789
	@exec $(PYTHON) -m local key --telegram-id "$(TELEGRAM_ID)"

contracts: $(STAMP) ## Write schemas, AsyncAPI, OpenAPI, its Python client, the tables of resources and messages from the code; refuses to break an event
	@$(PYTHON) -m contracts generate
	@$(PYTHON) -m gateway openapi --write docs/openapi.json
	@$(PYTHON) -m ingestor resources --write docs/resources.md
	@$(PYTHON) -m notifier messages --write docs/messages.md
	@PYTHONPATH=tests $(PYTHON) -m support.log_list write
	@$(PYTHON) -m observability write
	@$(PYTHON) -m servicekit definitions --write infra/broker/definitions.json
	@$(PYTHON) clients/python/generate.py

licences: $(STAMP) ## Write docs/licences.md from what is installed; refuses what may not be shipped
	@PYTHONPATH=tests $(PYTHON) -m dependencies licence-list --write docs/licences.md

audit-dependencies: $(STAMP) $(AUDIT_STAMP) ## Known holes in what requirements.lock names, by pip-audit: SERVICE=osv; 3 where it is not reached
	@PYTHONPATH=tests $(PYTHON) -m dependencies holes .local/pip-audit/bin/pip-audit $(if $(SERVICE),--service "$(SERVICE)")

contracts-check: $(STAMP) ## Fail on a broken event, a changed example, or a document that is not what the code says
	@$(PYTHON) -m contracts check
	@$(PYTHON) -m gateway openapi --check docs/openapi.json
	@$(PYTHON) -m ingestor resources --check docs/resources.md
	@$(PYTHON) -m notifier messages --check docs/messages.md
	@$(PYTHON) -m servicekit definitions --check infra/broker/definitions.json
	@$(PYTHON) clients/python/generate.py --check
	@PYTHONPATH=tests $(PYTHON) -m dependencies licence-list --check docs/licences.md

lint: $(STAMP) ## ruff, mypy --strict, import-linter, rules, dashboards and configuration
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy contracts/src infra/*/src services/*/src tests
	@$(VENV)/bin/lint-imports
	@$(PYTHON) -m observability check
	@$(PYTHON) -m local check

format: $(STAMP) ## Format the code and fix what ruff can fix
	@$(PYTHON) -m ruff check --fix-only .
	@$(PYTHON) -m ruff format .

lock: ## Resolve dependencies anew into requirements.lock, and the part of it that each image installs
	@uv=$$(sh infra/local/bootstrap/uv.sh) && export="$$uv export -q --format requirements.txt --no-header --no-annotate" && \
	  "$$uv" lock && $$export -o requirements.lock && \
	  for service in $(SERVICES) wbsim tgsim; do \
	    $$export --frozen --package $$service --no-dev --no-emit-workspace -o infra/docker/$$service.lock || exit 1; \
	  done

clean: ## Stop and delete everything made here: servers with their data, .venv, caches
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m local clean; fi
	@rm -rf $(VENV) .local coverage.json .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(STAMP): requirements.lock $(MANIFESTS)
	@sh infra/local/bootstrap/sync.sh
	@touch $@

$(AUDIT_STAMP): tests/dependencies/pip_audit.lock | $(STAMP)
	@sh tests/dependencies/pip_audit_env.sh
	@touch $@

# dlt, which `make bench` measures beside, in an environment of its own.
$(PHOENIX): infra/demo/phoenix.sh | $(STAMP)
	@sh infra/demo/phoenix.sh
	@touch $@

$(DLT_STAMP): tests/bench/dlt.lock | $(STAMP)
	@sh tests/bench/dlt_env.sh
	@touch $@
