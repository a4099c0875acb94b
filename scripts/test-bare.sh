#!/usr/bin/env bash
# Runs the tests of the packages that look for the test material in a clone that
# has none, as everybody sees them who has only the repository.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
clone=$(mktemp -d)
trap 'rm -rf "$clone"' EXIT
git clone -q "$here" "$clone/sightline"
for made in native/include native/lib ui/dist; do cp -a "$here/$made" "$clone/sightline/$made"; done
cd "$clone/sightline"
export SIGHTLINE_ARCHITECTURES="$clone/none"
unset CI SIGHTLINE_TESTDATA SIGHTLINE_SKIPS
if scripts/material.sh; then echo "the temporary folder $clone is inside a folder with test material: set TMPDIR" >&2; exit 1; fi
mapfile -t packages < <(go list -f '{{range .TestImports}}{{if eq . "github.com/sightline/sightline/internal/testdata"}}{{$.ImportPath}}{{end}}{{end}}' ./... &&
	go list -f '{{range .XTestImports}}{{if eq . "github.com/sightline/sightline/internal/testdata"}}{{$.ImportPath}}{{end}}{{end}}' ./...)
mapfile -t packages < <(printf '%s\n' "${packages[@]}" | grep . | sort -u)
go run ./scripts/gotest -- -vet=off -timeout 15m "${packages[@]}"
