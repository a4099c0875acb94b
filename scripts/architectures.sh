#!/usr/bin/env bash
# Exports the nine torchvision architectures of the test material to ONNX, and the
# float64 gradients that tests compare with, and further families of torchvision
# with random weights (families.py), unless that was done before. Prints
# their folder (SIGHTLINE_ARCHITECTURES, else one in the user's cache), or nothing
# when the test material or PyTorch is not there: tests that need them then skip.
set -euo pipefail
cd "$(dirname "$0")/.."
note() { echo "architectures: $*" >&2; }

material=$(scripts/material.sh) || { note 'no test material, so nothing to export'; exit 0; }
material="$material/torchvision"
[ -f "$material/export_models.py" ] || { note 'no test material, so nothing to export'; exit 0; }
folder="${SIGHTLINE_ARCHITECTURES:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/sightline/architectures}"
names='resnet18 resnet50 mobilenet_v2 efficientnet_b0 densenet121 vgg16 convnext_tiny vit_b_16 swin_t'
families='alexnet googlenet inception_v3 maxvit_t mnasnet0_5 mobilenet_v3_small regnet_y_400mf shufflenet_v2_x0_5 squeezenet1_1 swin_v2_t'
gradients=autodiff/testdata/gradients.py
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }
stamp=$(digest "$material/export_models.py" "$material/common.py" "$gradients")
further=$(digest scripts/families.py)

complete() {
	[ "$(cat "$folder/stamp" 2>/dev/null)" = "$stamp" ] || return 1
	for name in $names; do [ -f "$folder/$name.onnx" ] && [ -f "$folder/$name.gradients.npz" ] || return 1; done
}
complete_families() {
	[ "$(cat "$folder/families.stamp" 2>/dev/null)" = "$further" ] || return 1
	for name in $families; do [ -f "$folder/$name.onnx" ] && [ -f "$folder/$name.families.npz" ] || return 1; done
}
if ! complete; then
	/usr/bin/python3 -I -c 'import torch, torchvision, onnx' 2>/dev/null ||
		{ note 'needs python3-torch, python3-torchvision and python3-onnx'; exit 0; }
	note "exporting to $folder (about two minutes, once)"
	mkdir -p "$folder"
	work=$(mktemp -d "$folder/work.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	export PEERS_WORK="$work" PYTHONDONTWRITEBYTECODE=1
	/usr/bin/python3 "$material/export_models.py" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
	/usr/bin/python3 "$gradients" "$material" "$work" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
	for name in $names; do mv "$work/onnx/$name.onnx" "$work/$name.gradients.npz" "$folder"; done
	echo "$stamp" >"$folder/stamp"
fi
if ! complete_families; then
	/usr/bin/python3 -I -c 'import torch, torchvision, onnx' 2>/dev/null ||
		{ note 'needs python3-torch, python3-torchvision and python3-onnx'; exit 0; }
	note "exporting further families to $folder (about a minute, once)"
	mkdir -p "$folder"
	more=$(mktemp -d "$folder/more.XXXXXX")
	trap 'rm -rf "${work:-}" "$more"' EXIT
	/usr/bin/python3 scripts/families.py "$more" >"$more/log" 2>&1 || { tail -n 20 "$more/log" >&2; exit 1; }
	for name in $families; do mv "$more/$name.onnx" "$more/$name.families.npz" "$folder"; done
	echo "$further" >"$folder/families.stamp"
fi
echo "$folder"
