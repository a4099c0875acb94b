#!/usr/bin/env bash
# Starts the demo in a fresh workspace and runs the browser tests against it
# (or, with the argument `screenshots`, remakes the README's screenshots).
set -euo pipefail
cd "$(dirname "$0")/.."
export CHROMIUM=${CHROMIUM:-$(command -v chromium-headless-shell || command -v chromium || true)}
if [ -z "$CHROMIUM" ]; then
	echo "browser tests skipped: Chromium is not installed (apt-get install chromium)" >&2
	[ -z "${CI:-}" ] || exit 1
	[ -z "${SIGHTLINE_SKIPS:-}" ] || echo "Skipped: the browser tests (Chromium is not installed)." >>"$SIGHTLINE_SKIPS"
	exit 0
fi
workspace=$(mktemp -d)
log="$workspace/serve.log"
# Under a prefix, for the tests behind a proxy; the others use the address without it, as one that strips it does.
prefix=/sightline
bin/sightline demo --workspace "$workspace/ws" --listen 127.0.0.1:0 --base-path $prefix --allow-host sightline.example --json >"$log" 2>"$workspace/progress.log" &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$workspace"' EXIT
for _ in $(seq 600); do
	url=$(grep -oE 'http://[^" ]+' "$log" | head -n 1 || true)
	[ -n "$url" ] && break
	kill -0 $server 2>/dev/null || { cat "$workspace/progress.log"; echo "the demo did not start" >&2; exit 1; }
	sleep 0.5
done
[ -n "$url" ] || { tail -n 20 "$workspace/progress.log"; echo "the demo was not ready within five minutes" >&2; exit 1; }
url=${url%/}
export SIGHTLINE_URL=${url%"$prefix"}
cd ui
if [ "${1:-}" = screenshots ]; then
	node e2e/screenshots.mjs ../docs/screenshots
	exit
fi
if [ -n "${SIGHTLINE_SKIPS:-}" ] && [ -z "${CI:-}" ]; then
	export SIGHTLINE_E2E=stories
	echo "Skipped: the browser tests beyond the two stories, cells, findings and comparisons; make test-e2e and continuous integration run them too." >>"$SIGHTLINE_SKIPS"
fi
npm run e2e --silent # one after the other: two at a time take as long, for both cores are busy
