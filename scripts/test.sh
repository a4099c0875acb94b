#!/usr/bin/env bash
# Sets up and runs every test, step by step, each with the time it took. Says at
# the start how long that will be and at the end, in one line, what was skipped.
# Continuous integration also runs the linters, every benchmark once, and the
# packages that use the test material once more in a clone that has none.
set -euo pipefail
cd "$(dirname "$0")/.."
report=$(mktemp -d)
trap 'rm -rf "$report"' EXIT
export SIGHTLINE_SKIPS="$report/skips" SIGHTLINE_LOOKING="$report/looking"
times="$report/times"

step() { # step NAME COMMAND [ARG ...]
	local name=$1 start=$SECONDS
	shift
	printf '\n== %s\n' "$name"
	if ! "$@"; then
		printf '\n%s failed after %d s\n' "$name" $((SECONDS - start)) >&2
		exit 1
	fi
	printf '%5d s  %s\n' $((SECONDS - start)) "$name" | tee -a "$times"
}

steps=(build test-tools test-go test-ui test-e2e)
if [ -n "${CI:-}" ]; then steps=(build test-tools lint test-go test-ui test-e2e bench-smoke test-bare); fi
if scripts/material.sh >/dev/null; then material='with the test material beside the checkout'; expected='fourteen minutes'
else material='without the test material'; expected='seven minutes'; fi
echo "Tests: ${#steps[@]} steps, $material: about $expected on two cores, and a few more the first time, when tools and modules are fetched."
[ -n "${CI:-}" ] || echo 'Continuous integration (CI=true) also runs lint, every benchmark once, and every method in the study of methods.'
# What the tests need is installed while the product is built: the one waits for the network, the other for the processor.
make --no-print-directory test-tools >"$report/tools" 2>&1 &
tools=$!
installed() { wait "$tools" && cat "$report/tools" || { cat "$report/tools" >&2; return 1; }; }
for name in "${steps[@]}"; do
	if [ "$name" = test-tools ]; then step "$name" installed; else step "$name" make --no-print-directory "$name"; fi
done
printf '\nAll tests passed in %d min %d s:\n' $((SECONDS / 60)) $((SECONDS % 60))
cat "$times" "$report/skips"
