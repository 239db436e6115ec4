# Every command of the project. Each is one line; what it does is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run dev test check e2e bench fmt

help: ## this list
	@sed -n 's/^\([a-z0-9]*\): ## /\1\t/p' Makefile | while IFS='	' read -r name text; do printf '  make %-7s %s\n' "$$name" "$$text"; done

run: ## install what is missing, build, and serve the demo plan on http://127.0.0.1:3000
	@scripts/run $(ARGS)

dev: ## the same without optimisation, built again and reloaded at every change
	@scripts/dev $(ARGS)

test: ## every check and every test; ends with the number passed, failed and skipped
	@scripts/test

check: ## format, lints (server and browser), architecture, licences
	@scripts/check

e2e: ## browser tests only; ARGS='pages.spec.ts --headed' for some of them
	@scripts/e2e $(ARGS)

bench: ## measurements: checks beside their rivals, the PDF of a plan
	@scripts/bench $(ARGS)

fmt: ## format the Rust code
	@bash -c ". scripts/env.sh && cargo fmt --all"
