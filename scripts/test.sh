#!/usr/bin/env bash
# Sets up and runs every test, step by step, each with the time it took. Says at
# the start how long that will be and at the end, in one line, what was skipped.
# In continuous integration the packages that use the test material are run once
# more in a clone that has none.
set -euo pipefail
cd "$(dirname "$0")/.."
report=$(mktemp -d)
trap 'rm -rf "$report"' EXIT
export SIGHTLINE_SKIPS="$report/skips"
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

steps=(test-tools build lint test-go test-ui test-e2e bench-smoke)
[ -z "${CI:-}" ] || steps+=(test-bare)
if scripts/material.sh >/dev/null; then material='with the test material beside the checkout'; expected='eighteen minutes'
else material='without the test material'; expected='twelve minutes'; fi
echo "Tests: ${#steps[@]} steps, $material: about $expected on two cores, and a few more the first time, when tools and modules are fetched."
for name in "${steps[@]}"; do step "$name" make --no-print-directory "$name"; done

printf '\nAll tests passed in %d min %d s:\n' $((SECONDS / 60)) $((SECONDS % 60))
cat "$times" "$report/skips"
