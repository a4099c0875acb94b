#!/usr/bin/env bash
# Prints the folder of the test material ($SIGHTLINE_TESTDATA, else shared/data
# beside the checkout or above), or exits 1 if there is none.
# internal/testdata looks in the same places.
set -euo pipefail
at="$(cd "$(dirname "$0")/.." && pwd)"
folder="${SIGHTLINE_TESTDATA:-}"
if [ -z "$folder" ]; then
	while [ "$at" != / ] && [ ! -d "$at/shared/data/models" ]; do at=$(dirname "$at"); done
	folder="$at/shared/data"
fi
[ -d "$folder/models" ] || exit 1
echo "$folder"
