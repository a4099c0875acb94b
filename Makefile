# Sightline. `make demo` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
# Symbols of the static libraries are not exported: nothing that the program loads may take them for its own, and their names are 7 MB.
LDFLAGS := -s -w -X main.version=$(VERSION) -extldflags=-Wl,--exclude-libs,ALL
export CGO_ENABLED := 1
# One set of flags for build, vet and tests, so that nothing is compiled twice. Nothing is written, or linked, that only a debugger
# needs: that is an eighth of the time of compiling.
FLAGS := -trimpath -ldflags=-s -gcflags=all=-dwarf=false
export GOFLAGS := $(filter-out $(FLAGS),$(GOFLAGS)) $(FLAGS)
# How test binaries are linked: with one shared DuckDB, where that can be made.
TESTLINK = $$(link=$$(scripts/testlink.sh); echo "-ldflags=-s$${link:+ -extld='$$link'}")
# What is fetched, packed and compiled before the program can be linked has nothing to do with one another.
MAKEFLAGS += --jobs=3

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | column -t -s $$'\t'

.PHONY: tools
tools: ## check that Go, Node.js and g++ are there and new enough
	@scripts/check-tools.sh

native/node_modules/.installed: native/package-lock.json | tools
	cd native && npm ci --ignore-scripts --silent
	@touch $@

native/lib/.packed: native/node_modules/.installed $(wildcard native/pack/*.go) go.mod
	go run ./native/pack
	@touch $@

.PHONY: native
native: native/lib/.packed ## fetch and pack ONNX Runtime and libvips

ui/node_modules/.installed: ui/package-lock.json | tools
	cd ui && npm ci --ignore-scripts --silent
	@touch $@

UI_SOURCES := $(shell find ui/src ui/index.html ui/*.json ui/*.ts -type f 2>/dev/null)
ui/dist/.built: ui/node_modules/.installed $(UI_SOURCES) docs/openapi.json
	cd ui && npm run types --silent && npm run build --silent
	@touch $@

.PHONY: ui
ui: ui/dist/.built ## build the web interface

.PHONY: setup
setup: native ui ## everything the Go build embeds

# Everything that is not ours, compiled while the rest is still being fetched.
.PHONY: modules
modules: tools
	@go list -e -deps ./cmd/sightline | grep -v '^github.com/sightline/' | xargs go build

.PHONY: build
build: setup modules ## write bin/sightline
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/sightline ./cmd/sightline

.PHONY: demo
demo: build ## build, run both demo stories, serve the interface
	bin/sightline demo --workspace $(DEMO_WORKSPACE)

DEMO_WORKSPACE ?= .sightline

.PHONY: test
test: tools ## set up and run every test
	@scripts/test.sh

.PHONY: test-tools
test-tools: tools
	@scripts/test-tools.sh

# The one waits for a single thread of Node.js, the other uses what cores are left. With the usual collection of
# garbage, staticcheck without its cache takes three times as long; with -tags no_ui the server is compiled, and
# nothing of it is other than without.
.PHONY: lint lint-go lint-ui
lint: lint-go lint-ui ## formatting, vet, staticcheck, type check of the interface
lint-go: setup
	@echo '== format'; bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "gofmt -w $$bad"; exit 1; }
	@echo '== go vet'; go vet ./... && go vet -tags no_ui ./ui ./cmd/sightline
	@echo '== staticcheck'; GOGC=off GOMEMLIMIT=2500MiB go run honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK) ./...
	@echo '== notices'; go run ./scripts/notices -check
lint-ui: setup
	@echo '== interface: types and format'; cd ui && npm run check --silent

STATICCHECK := v0.8.2

# The longest first, so that none is left alone at the end.
LONGEST := ./attribution/methods ./tasks ./server ./cmd/sightline ./demo ./tasks/probe/work ./jobs ./results ./attribution/cam ./attribution/gradient

.PHONY: test-go
test-go: setup ## unit, property, oracle and script tests
	@SIGHTLINE_ARCHITECTURES="$$(scripts/architectures.sh)" go run ./scripts/gotest -skips '$(SIGHTLINE_SKIPS)' -looking '$(SIGHTLINE_LOOKING)' -slowest 15 -- "$(TESTLINK)" -vet=off -p 3 -timeout 15m $(LONGEST) ./...

.PHONY: test-bare
test-bare: setup ## the tests that look for test material, in a clone that has none
	@scripts/test-bare.sh

.PHONY: cluster-test
cluster-test: setup ## workers elsewhere, images in an S3 server, on a cluster of three nats-servers: all of them die, and the bits are the same
	CI=true SIGHTLINE_CLUSTER_TEST=1 go test ./tasks -run "RemoteWorkers|Cluster" -count 1 -v
	SIGHTLINE_CLUSTER_TEST=1 go test ./jobs ./blobs/... -run "Bus|Bucket|Directory" -count 1

.PHONY: test-ui
test-ui: ui/node_modules/.installed ## unit tests and bundle size of the interface
	cd ui && npm test --silent && npm run size --silent

.PHONY: test-e2e
test-e2e: build ## the demo in a real browser
	scripts/e2e.sh

.PHONY: bench
bench: build ## every benchmark, side by side with its baseline (takes minutes; wants a calm machine)
	scripts/bench.sh

.PHONY: bench-smoke bench-once bench-beside
bench-smoke: bench-once bench-beside ## run every benchmark once, to see that it still runs (not with the tests: with -bench, go test runs one package at a time)
bench-once: setup
	@go test "$(TESTLINK)" -vet=off -run '^$$' -bench . -benchtime 1x -timeout 10m $$(git grep -l '^func Benchmark' -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|') | grep -v '^PASS\|^goos\|^goarch\|^cpu\|^pkg'
bench-beside: setup
	@go run ./bench/task -smoke
	@go run ./bench/planted -smoke

.PHONY: screenshots
screenshots: build ## remake the README's screenshots from the demo
	scripts/e2e.sh screenshots

.PHONY: notices
notices: setup ## regenerate THIRD_PARTY_NOTICES.txt
	go run ./scripts/notices

.PHONY: clean
clean: ## remove what the build made
	rm -rf bin native/include native/lib native/node_modules ui/dist ui/node_modules
