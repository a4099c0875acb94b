#!/usr/bin/env bash
# Sets up and runs every test, step by step, each with the time it took. Says at
# the start how long that will be and at the end, in one line, what was skipped.
# Continuous integration also runs the linters, every benchmark once, and the
# packages that use the test material once more in a clone that has none.
set -euo pipefail
cd "$(dirname "$0")/.."
report=$(mktemp -d)
beside=
trap end EXIT
end() { # a failure of one half ends the other half too
	[ -z "$beside" ] || { pkill -TERM -P "$beside" 2>/dev/null; wait "$beside"; } || true
	rm -rf "$report"
}
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

steps=(build test-tools test-go test-browser)
if [ -n "${CI:-}" ]; then steps=(build test-tools lint test-go test-browser bench-smoke test-bare); fi
if scripts/material.sh >/dev/null; then material='with the test material beside the checkout'; expected='twelve minutes'
else material='without the test material'; expected='six minutes'; fi
echo "Tests: ${#steps[@]} steps, $material: about $expected on two cores, and a few more the first time, when tools and modules are fetched."
[ -n "${CI:-}" ] || echo 'Continuous integration (CI=true) also runs lint, every benchmark once, and every method in the study of methods.'
# What the tests need is installed while the product is built: the one waits for the network, the other for the processor.
make --no-print-directory test-tools >"$report/tools" 2>&1 &
tools=$!
installed() { wait "$tools" && cat "$report/tools" || { cat "$report/tools" >&2; return 1; }; }
# The browser's tests wait more than they compute: they run beside Go's, and their output is printed after it.
browser_tests() {
	export SIGHTLINE_SKIPS="$report/browser-skips"
	step test-ui make --no-print-directory test-ui
	step test-e2e make --no-print-directory test-e2e
}
browser() { # waits for them, prints what they wrote, and fails if one failed
	local failed=0
	wait "$beside" || failed=1
	beside=
	cat "$report/browser"
	return $failed
}
for name in "${steps[@]}"; do
	case $name in
	test-tools) step "$name" installed ;;
	test-browser) browser || exit 1 ;;
	test-go)
		browser_tests >"$report/browser" 2>&1 &
		beside=$!
		step "$name" make --no-print-directory "$name"
		;;
	*) step "$name" make --no-print-directory "$name" ;;
	esac
done
printf '\nAll tests passed in %d min %d s:\n' $((SECONDS / 60)) $((SECONDS % 60))
cat "$times" "$report"/*skips
