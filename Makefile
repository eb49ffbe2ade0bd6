# Wasl. `make` lists the targets.
SHELL := /bin/bash -eu -o pipefail
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ADDR ?= 127.0.0.1:8080
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# The same flags for everything that is compiled, so that nothing is compiled
# twice: the program, the tests and the linters share Go's cache.
export CGO_ENABLED := 0
export GOFLAGS := $(strip $(shell go env GOFLAGS 2>/dev/null) -trimpath)

# Versions of the linters are pinned in tools/lint/go.mod, apart from the
# program's own dependencies.
TOOL := go tool -modfile=tools/lint/go.mod

WEB_SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts web/tsconfig.json web/package.json -type f 2>/dev/null)
GO_FILES = find . -name node_modules -prune -o -name '*.go' -print

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

##
## Use
##

.PHONY: demo
demo: build ## run the platform, the emulator and a sample business (ADDR=host:port)
	exec ./bin/wasl demo --listen $(ADDR)

.PHONY: build
build: web ## build ./bin/wasl with the web application inside
	go build -ldflags '-X main.version=$(VERSION)' -o bin/wasl ./cmd/wasl

.PHONY: web
web: needs web/dist/index.html ## build the web application

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

.PHONY: needs
needs:
	@tools/needs build

##
## Change
##

.PHONY: check
check: needs lint verify test ## what CI runs: format, lint, generated files, all tests

.PHONY: test
test: ## all tests of every kind; installs what is missing on Debian as root
	@tools/needs test
	@$(MAKE) build house-tools $(STRANGERS)/node_modules/.package-lock.json
	@bin/tools/pgcluster -- bin/tools/testall

.PHONY: house-tools
house-tools:
	go build -o bin/tools/ ./tools/...

.PHONY: test-go
test-go: house-tools ## Go tests only, on both databases
	@bin/tools/pgcluster -- bin/tools/testall -only go

.PHONY: test-spec
test-spec: house-tools ## the Graph calls of the tests, held to Meta's OpenAPI document
	@bin/tools/testall -only go ./metaemu/... ./internal/cloudapi ./internal/metaspec ./internal/scenario ./cmd/wasl

.PHONY: test-web
test-web: web/node_modules/.package-lock.json house-tools ## types, lint and unit tests of the web application
	@bin/tools/testall -only web

.PHONY: test-browser
test-browser: build house-tools ## the stories in Chromium, against a running demo
	@bin/tools/testall -only browser

# Clients that others wrote, as they are in the registry, against the emulator.
STRANGERS := metaemu/strangers

.PHONY: test-strangers
test-strangers: build house-tools $(STRANGERS)/node_modules/.package-lock.json ## clients of others against the emulator
	@bin/tools/testall -only strangers

$(STRANGERS)/node_modules/.package-lock.json: $(STRANGERS)/package-lock.json
	cd $(STRANGERS) && npm ci --no-audit --no-fund
	@touch $@

.PHONY: race
race: house-tools ## Go tests with the race detector
	@bin/tools/pgcluster -- env CGO_ENABLED=1 go test -race -timeout 30m ./internal/... ./metaemu/...

.PHONY: fmt
fmt: ## format all Go files
	@$(GO_FILES) | xargs $(TOOL) gofumpt -w

# gosec loads each package anew and is slow. It looks at the packages that touch
# the outside (files, network, processes, secrets, databases): what it finds is there.
OUTSIDE := (os|os/exec|net|net/.*|crypto/.*|golang.org/x/crypto/.*|math/rand.*|database/sql|html/template|archive/.*|compress/.*|unsafe)
TOUCHES_OUTSIDE = go list -f '{{$$p := .ImportPath}}{{range .Imports}}{{$$p}} {{.}}{{"\n"}}{{end}}' ./cmd/... ./internal/... | \
	grep -E ' $(OUTSIDE)$$' | cut -d' ' -f1 | sort -u | sed 's/^wasl/./' | grep -vE '/(pgtest|memnet|storetest|crashtest|bench)$$'

# Every linter is here for a kind of mistake that this system must not make; the
# reasons, and why others are not here, are in docs/adr/0010-tools.md.
.PHONY: lint
lint: web/dist/.gitkeep ## format check and linters
	@echo "lint: gofumpt"
	@unformatted=$$($(GO_FILES) | xargs $(TOOL) gofumpt -l); \
		if [ -n "$$unformatted" ]; then echo "not formatted (make fmt):"; echo "$$unformatted"; exit 1; fi
	@echo "lint: go vet"
	@go vet ./...
	@echo "lint: staticcheck"
	@$(TOOL) staticcheck -checks inherit,-ST1018 ./...
	@echo "lint: exhaustive"
	@$(TOOL) exhaustive -d ./...
	@echo "lint: go-check-sumtype"
	@$(TOOL) go-check-sumtype -default-signifies-exhaustive=false ./...
	@echo "lint: gosec"
	@$(TOUCHES_OUTSIDE) | xargs $(TOOL) gosec -quiet -color=false -exclude-generated -exclude=G104,G304
	@if [ -d cmd/wasl ]; then echo "lint: deadcode"; \
		dead=$$($(TOOL) deadcode -test -filter '^wasl/(internal|cmd)' ./...); \
		if [ -n "$$dead" ]; then echo "$$dead"; exit 1; fi; fi

# Not part of check: it asks vuln.go.dev, and what it finds changes without us.
.PHONY: vuln
vuln: ## known vulnerabilities in what we depend on (needs the network)
	$(TOOL) govulncheck ./...

.PHONY: generate
generate: ## write the generated files anew
	go run ./tools/gencodes
	go run ./tools/gensurface

# Compares with what is in the folder, not with git: it also works before a commit.
GENERATED := internal/fault/codes_gen.go web/src/api/generated docs/emulator-surface.md docs/guide/meta-errors.en.md docs/guide/meta-errors.ar.md
.PHONY: verify
verify: ## generated files are what generate writes
	@before=$$(mktemp -d); trap 'rm -rf "$$before"' EXIT; \
	cp -R --parents $(GENERATED) "$$before"; \
	$(MAKE) generate >/dev/null; \
	for path in $(GENERATED); do \
		diff -ru "$$before/$$path" "$$path" || { echo "$$path was out of date; it has been written anew"; exit 1; }; \
	done

##
## Measure
##

.PHONY: bench
bench: build ## benchmarks, beside their yardsticks
	./bin/wasl bench

.PHONY: bench-history
bench-history: build ## a phone's past under live load (HISTORY=messages, THREADS=…, LIVE=a second)
	./bin/wasl bench --only history --history $(HISTORY) --threads $(THREADS) --live $(LIVE)

HISTORY ?= 200000
THREADS ?= 3000
LIVE ?= 50

.PHONY: soak
soak: house-tools ## the long runs: 1,000 kills on each database
	bin/tools/pgcluster -fsync -- env WASL_KILLS=1000 go test ./internal/crashtest -run TestKill -timeout 3h -v

.PHONY: clean
clean: ## remove what was built
	rm -rf bin web/node_modules $(STRANGERS)/node_modules
	find web/dist -mindepth 1 ! -name .gitkeep -delete
