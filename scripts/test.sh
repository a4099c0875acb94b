#!/usr/bin/env bash
# Sets up and runs every test, step by step, each with the time it took. Says at
# the start how long that will be and at the end, in one line, what was skipped.
# Continuous integration also runs the linters, every benchmark once, and the
# packages that use the test material once more in a clone that has none.
set -euo pipefail
cd "$(dirname "$0")/.."
report=$(mktemp -d)
trap 'rm -rf "$report"' EXIT
# The parallel jobs of the make that started this are its own; those below have their own.
unset MAKEFLAGS MFLAGS MAKELEVEL
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
if scripts/material.sh >/dev/null; then material='with the test material beside the checkout'; expected='fifteen to twenty minutes'
else material='without the test material'; expected='six minutes'; fi
echo "Tests: ${#steps[@]} steps, $material: about $expected on two cores, and a few more the first time, when tools and modules are fetched."
[ -n "${CI:-}" ] || echo 'Continuous integration (CI=true) also runs lint, every benchmark once, and every method in the study of methods.'
# What the tests need is installed while the product is built: the one waits for the network, the other for the processor.
# Then the architectures that tests compare with are exported, once a machine, while the linters run.
prepare() {
	make --no-print-directory test-tools >"$report/tools" 2>&1 && echo 0 >"$report/installed" || echo 1 >"$report/installed"
	[ "$(cat "$report/installed")" = 1 ] || scripts/architectures.sh >/dev/null 2>"$report/exported"
}
prepare &
preparing=$!
installed() { until [ -s "$report/installed" ]; do sleep 0.2; done; cat "$report/tools"; [ "$(cat "$report/installed")" = 0 ]; }
tested() { wait "$preparing" || { cat "$report/exported" >&2; return 1; }; make --no-print-directory test-go; }
for name in "${steps[@]}"; do
	case $name in
	test-tools) step "$name" installed ;;
	test-go) step "$name" tested ;;
	*) step "$name" make --no-print-directory "$name" ;;
	esac
done
printf '\nAll tests passed in %d min %d s:\n' $((SECONDS / 60)) $((SECONDS % 60))
cat "$times" "$report/skips"
