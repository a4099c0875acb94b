#!/usr/bin/env bash
# Every benchmark, each beside its baseline, in one run. Prints medians and
# ratios; wants a calm machine and about an hour.
#
#   SIGHTLINE_TESTDATA=FOLDER   real photos (see CONTRIBUTING.md); else the demo's images
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
section() { printf '\n== %s\n' "$1"; }

if material=$(scripts/material.sh); then
	photos="$material/images/flowers/test" photographs="$material/images/idenprof/test"
else
	photos="$work/demo/groceries/test" photographs=''
	go run ./demo/generate -out "$work/demo"
fi

section "a user's whole task beside Python's, and explain of stored maps"
go run ./bench/task -photos "$photographs"

section 'shortcuts that were planted, and clean models: what findings say of them'
go run ./bench/planted

section 'kernels and queries (imaging prints Pillow + torchvision beside its own)'
# A million predictions of a thousand classes take 4.3 GB for as long as this runs.
export SIGHTLINE_BENCH_LARGE="${SIGHTLINE_BENCH_LARGE:-$work/large}" SIGHTLINE_BENCH_FILES="${SIGHTLINE_BENCH_FILES:-100000}"
go test -p 1 -run '^$' -bench . -benchtime "${BENCHTIME:-1s}" -timeout 60m ./...

section 'evaluation: throughput against its ceiling, and the time to a first look'
if /usr/bin/python3 -c 'import torch, torchvision' 2>/dev/null; then
	/usr/bin/python3 bench/export_models.py "$work" 2>/dev/null
	go build -o "$work/throughput" ./bench/throughput
	"$work/throughput" -model "$work/mobilenet_v2.onnx" -photos "$photos" -n 2000
	"$work/throughput" -model "$work/resnet50.onnx" -photos "$photos" -n 300

	section 'saliency maps beside the Python stack, and a click until the map is drawn'
	go run ./bench/saliency -rounds 3 -models resnet50,mobilenet_v2,resnet18
	if [ -x /usr/bin/chromium ]; then scripts/click.sh "$work/resnet50.onnx" "$photos"; fi
else
	echo 'skipped: needs python3-torch and python3-torchvision to export the architectures'
fi
