#!/usr/bin/env bash
# Draws a montage of photos × saliency methods into scratch/montage/montage.png, which
# git ignores, for a person to look at: photos are not ours to commit.
#
#   scripts/montage.sh PHOTOS MODEL.onnx [METHODS [LIMIT [more flags of model add]]]
#
# PHOTOS is a folder of labelled images (a folder per label), METHODS a list such as
# gradcam,ig,rise (default: all that `sightline methods` lists).
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,9p' "$0" >&2; exit 2; }
photos=$(realpath "$1") model=$(realpath "$2")
cd "$(dirname "$0")/.."
out=scratch/montage
mkdir -p "$out"
go build -o "$out/sightline" ./cmd/sightline
sightline() { "$out/sightline" "$@" --workspace "$out/workspace"; }
methods=${3:-$("$out/sightline" methods --json | python3 -c 'import json, sys; print(",".join(m["name"] for m in json.load(sys.stdin)["methods"]))')}
sightline import "$photos" --name photos
sightline model add "$model" --name model "${@:5}"
sightline evaluate photos model
rm -rf "$out/maps"
sightline explain photos model --method "$methods" --trust --limit "${4:-6}" --out "$out/maps"
go run ./scripts/montage "$out/maps" "$out/montage.png"
echo "look at $PWD/$out/montage.png"
