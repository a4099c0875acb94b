#!/usr/bin/env bash
# Runs the tests that look for the test material in a clone that has none, as
# everybody sees them who has only the repository. With the file that test-go
# wrote ($SIGHTLINE_LOOKING) those are the tests that looked for it there; without,
# all tests of the packages that can look.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
clone=$(mktemp -d)
trap 'rm -rf "$clone"' EXIT
git clone -q "$here" "$clone/sightline"
for made in native/include native/lib ui/dist; do cp -a "$here/$made" "$clone/sightline/$made"; done
link=$(scripts/testlink.sh)
cd "$clone/sightline"
only=()
if [ -n "${SIGHTLINE_LOOKING:-}" ]; then
	mapfile -t packages < <(cut -d' ' -f1 "$SIGHTLINE_LOOKING" | sort -u)
	only=(-run "^($(cut -d' ' -f2 "$SIGHTLINE_LOOKING" | sort -u | paste -sd'|'))\$")
else
	mapfile -t packages < <(go list -f '{{range .TestImports}}{{if eq . "github.com/sightline/sightline/internal/testdata"}}{{$.ImportPath}}{{end}}{{end}}
{{range .XTestImports}}{{if eq . "github.com/sightline/sightline/internal/testdata"}}{{$.ImportPath}}{{end}}{{end}}' ./... | grep . | sort -u)
fi
export SIGHTLINE_ARCHITECTURES="$clone/none"
unset CI SIGHTLINE_TESTDATA SIGHTLINE_SKIPS SIGHTLINE_LOOKING
if scripts/material.sh; then echo "the temporary folder $clone is inside a folder with test material: set TMPDIR" >&2; exit 1; fi
[ ${#packages[@]} -gt 0 ] || { echo 'no test looked for the test material' >&2; exit 1; }
go run ./scripts/gotest -- "-ldflags=-s${link:+ -extld='$link'}" -vet=off -timeout 15m ${only[@]+"${only[@]}"} "${packages[@]}"
