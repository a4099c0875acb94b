#!/usr/bin/env bash
# Times, in Chromium, a click until a sample's new map is drawn:
#
#   scripts/click.sh MODEL.onnx PHOTOS [METHOD]
#
# Makes a workspace of its own; needs bin/sightline (make build) and Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
model=$(realpath "$1") photos=$(realpath "$2") method=${3:-gradcam}
work=$(mktemp -d)
bin/sightline open "$photos" --model "$model" --workspace "$work/ws" --listen 127.0.0.1:0 >"$work/log" 2>"$work/progress" &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 1200); do
	url=$(grep -oE 'http://127[^/" ]+' "$work/log" | head -n 1 || true)
	[ -n "$url" ] && break
	kill -0 $server 2>/dev/null || { cat "$work/progress" >&2; exit 1; }
	sleep 0.5
done
SIGHTLINE_URL=$url node ui/e2e/click.mjs "$method"
