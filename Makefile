# Sightline. `make demo` and `make test` are all a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
LDFLAGS := -s -w -X main.version=$(VERSION)
export CGO_ENABLED := 1

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | column -t -s $$'\t'

.PHONY: tools
tools: ## check that Go, Node.js and g++ are there and new enough
	@scripts/check-tools.sh

native/node_modules/.installed: native/package-lock.json | tools
	cd native && npm ci --ignore-scripts --silent
	@touch $@

native/lib/.packed: native/node_modules/.installed native/pack/main.go
	go run ./native/pack
	@touch $@

.PHONY: native
native: native/lib/.packed ## fetch and pack ONNX Runtime and libvips

ui/node_modules/.installed: ui/package-lock.json | tools
	cd ui && npm ci --ignore-scripts --silent
	@touch $@

UI_SOURCES := $(shell find ui/src ui/index.html ui/*.json ui/*.ts -type f 2>/dev/null)
ui/dist/.built: ui/node_modules/.installed $(UI_SOURCES)
	cd ui && npm run build --silent
	@touch $@

.PHONY: ui
ui: ui/dist/.built ## build the web interface

.PHONY: setup
setup: native ui ## everything the Go build embeds

.PHONY: build
build: setup ## write bin/sightline
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/sightline ./cmd/sightline

.PHONY: clean
clean: ## remove what the build made
	rm -rf bin native/lib native/node_modules ui/dist ui/node_modules
