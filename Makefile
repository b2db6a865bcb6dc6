# Weir's commands. `make help` lists them. What they do in more than a line stands in tools/.
SHELL := /bin/bash
JOBS  ?= $(shell nproc)
RUN_TESTS := python3 tools/run_tests.py

.PHONY: help run demo test check test-peers soak deb fuzz screenshots format deps ci-sanitizers build-run build-test

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1 \2/p' Makefile | awk '{ name = $$1 " " $$2; $$1 = $$2 = ""; printf "%-16s %s\n", name, $$0 }'

run: build-run ## build and serve in the foreground, e.g. make run ARGS="--http 127.0.0.1:3000"
	@exec build/release/weir serve $(ARGS)

demo: build-run ## a made-up household in the browser, no router and no login needed
	@exec build/release/weir serve --demo $(ARGS)

test: build-test ## every test that needs no foreign program
	@$(RUN_TESTS) release --without peers --without soak --without bench

check: build-test ## format, headers that compile alone, clang-tidy and `make test`
	@tools/install_deps.sh check
	@python3 tools/stages.py "format=tools/format.sh --check" "headers=tools/build.sh release all_verify_interface_header_sets" "clang-tidy=python3 tools/clang_tidy.py release" "tests=$(MAKE) --no-print-directory test"

test-peers: build-test ## tests against nfdump, pmacct, softflowd, tshark...
	@tools/install_deps.sh peers
	@$(RUN_TESTS) release --label peers --jobs 1

soak: build-test ## the long ones: full rate, a hundred kills, a bare Debian
	@tools/install_deps.sh check peers soak
	@$(RUN_TESTS) release --label soak --jobs 1

deb: ## a Debian package of Weir, with its service: build/release/weir_*.deb
	@tools/install_deps.sh build package
	@tools/build.sh release weir weir-probe man
	@cd build/release && cpack -G DEB

fuzz: ## each fuzz target for FUZZ_SECONDS (300)
	@tools/install_deps.sh build test check
	@tools/fuzz.sh $(or $(FUZZ_SECONDS),300)

screenshots: build-test ## each page as a picture, into build/screenshots
	@$$(tools/node.sh) tests/browser/screenshots.js build/screenshots

format: ## clang-format over our sources
	@tools/install_deps.sh check
	@tools/format.sh

deps: ## install what building, testing and checking need
	@tools/install_deps.sh build test check

# Unit and golden tests under a sanitizer: make test-asan, make test-tsan.
test-%:
	@tools/install_deps.sh build test check
	@tools/build.sh $*
	@$(RUN_TESTS) $* --label unit --label golden

build-run:
	@tools/install_deps.sh build
	@tools/build.sh release weir weir-probe

build-test:
	@tools/install_deps.sh build test
	@tools/build.sh release
