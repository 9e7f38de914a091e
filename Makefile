# What a person does with this project. `make help` explains.

.PHONY: help run cluster dev test test-fast coverage dates lint bench chaos demo docs texts lock screenshots pictures
.DEFAULT_GOAL := help

BIN := .venv/bin
REPORTS ?= 100
READY := .venv/.ready

# A test run starts a hundred Python processes. What they import is compiled when first used, and kept,
# whatever the shell says: compiled anew by each, a process takes two to three times as long to start.
unexport PYTHONDONTWRITEBYTECODE

help:  ## Explain every target
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

run: $(READY)  ## Start everything on this machine and show where it is; Ctrl-C stops it
	@exec $(BIN)/lapor up

cluster: $(READY)  ## Start everything several times: NATS × 3, Postgres × 2, processes × 2, behind Caddy
	@exec $(BIN)/lapor cluster

dev: $(READY)  ## As run; a process starts again when its code changes
	@exec $(BIN)/lapor up --reload

# Four workers on two cores: half of the time a test waits for a server, a clock or a process.
PYTEST := $(BIN)/pytest --dist loadscope --no-loadscope-reorder

test: $(READY)  ## Run the tests against real Postgres, NATS and Temporal
	@.ci/packages
	$(PYTEST) -n 4 -m "not nightly"

test-fast: $(READY)  ## Run the tests of the domain, of HTTP and of the database alone
	$(PYTEST) -q -n 2 -m "not browser and not stack and not chaos and not slow and not nightly"

coverage: $(READY)  ## Run all tests, also those long by nature; which branches of domain and workflows none takes (98 %)
	@.ci/packages
	$(PYTEST) -n 4 --cov --cov-report term --cov-fail-under 98

# A Saturday; the night before Idul Fitri; a minute before midnight in each zone; the last day of a
# year; a leap day.
DATES ?= 2026-11-28T12:00+07:00 2027-03-09T20:00+07:00 2026-12-04T23:59+07:00 \
  2026-12-04T23:59+08:00 2026-12-04T23:59+09:00 2026-12-31T23:30+09:00 2028-02-29T10:00+07:00
# A quick sample of what asks the time, and asks ours alone: Temporal and NATS have the machine's.
SUBMISSION = tests/intake/test_submission.py::test
ASKING = tests/lifecycle/test_at_any_time.py tests/portal/test_days.py \
  $(SUBMISSION)_the_first_state_repeats_in_columns_history_and_event \
  $(SUBMISSION)_a_new_closed_day_counts_from_the_next_report_on

dates: $(READY)  ## Run tests that ask the time on days that are not like others
	LAPOR_TESTS_AT="$(DATES)" $(BIN)/pytest -q $(ASKING)

lint: $(READY)  ## Check format, style, types and who may import whom
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# All parts in full. In under five minutes: BENCH=--quick; one part: BENCH=accepting; figures kept:
# BENCH="--json run.json".
bench: $(READY)  ## Measure BENCH="[--quick] [--json FILE] [PART …]": ours beside the least it can cost
	$(BIN)/python -m benchmarks $(BENCH)

chaos: $(READY)  ## Strike the whole cluster with FAULTS=100 faults of SEED=1 under load; goes on where it stopped
	$(BIN)/python -m tests.whole_cluster --faults $(or $(FAULTS),100) --seed $(or $(SEED),1) \
	  $(if $(MINUTES),--minutes $(MINUTES)) $(if $(ONLY),--only "$(ONLY)")

demo: $(READY)  ## Send REPORTS=100 varied reports through a running stack (`make run` beside it)
	$(BIN)/lapor demo --reports $(REPORTS)

PICTURES ?= build/screenshots
screenshots: $(READY)  ## Every page as a picture in PICTURES=build/screenshots; needs Chromium
	$(BIN)/python -m tests.portal.screenshots $(PICTURES)

pictures: $(READY)  ## The pictures of the guides, in docs/guides/pictures; needs Chromium
	$(BIN)/python -m tests.portal.guide_pictures docs/guides/pictures

docs: $(READY)  ## Bring what is generated up to date: parts of the documentation, the portal's contracts
	$(BIN)/python -m deploy.translation.untranslated
	$(BIN)/python -m deploy.documentation.actions
	$(BIN)/python -m deploy.documentation.messages
	$(BIN)/python -m deploy.documentation.asyncapi
	$(BIN)/python -m deploy.documentation.portal_contracts

texts: $(READY)  ## Bring the catalogues of texts up to date: new messages in, unused ones out
	$(BIN)/python -m deploy.translation

PIN := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
  --python-version 3.11 pyproject.toml

lock: $(READY)  ## Pin the newest versions that pyproject.toml allows, with hashes
	$(PIN) --upgrade --extra local --extra dev -o requirements.lock
	$(PIN) --constraint requirements.lock -o deploy/production/requirements.lock

# The environment, made anew only when what it is made of changed. Pip installs uv, which installs all
# else in a quarter of pip's time; where only pip knows the way to an index, pip does.
$(READY): requirements.lock pyproject.toml
	@echo "Preparing .venv (half a minute the first time) …"
	@test -x $(BIN)/python || python3 -m venv .venv
	@$(BIN)/python -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	@.ci/environment $(BIN)
	@touch $@
