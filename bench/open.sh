#!/usr/bin/env bash
# From `sightline open` on 200 photos to the confusion matrix, and where the time goes:
#
#   bench/open.sh SIGHTLINE MODEL PHOTOS
#
# PHOTOS is a folder of class folders; the first 200 files by name are linked into a fresh folder.
set -euo pipefail
sightline=$1 model=$2 photos=$(cd "$3" && pwd)
work=$(mktemp -d)
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT
(cd "$photos" && find . -type f \( -iname '*.jp*g' -o -iname '*.png' \) | sort | awk 'NR % 2 == 1' | head -n 200) | while read -r file; do
	mkdir -p "$work/photos/$(dirname "$file")"
	ln "$photos/$file" "$work/photos/$file" 2>/dev/null || cp "$photos/$file" "$work/photos/$file"
done
: >"$work/out.json"
began=$(date +%s.%N)
"$sightline" open "$work/photos" --model "$model" --workspace "$work/ws" --listen 127.0.0.1:0 --json >"$work/out.json" 2>"$work/err" &
server=$!
until grep -q '"page"' "$work/out.json"; do
	kill -0 $server 2>/dev/null || { cat "$work/err" >&2; exit 1; }
	sleep 0.01
done
url=$(grep -oE '"url": "[^"]+' "$work/out.json" | cut -d'"' -f4)
id=$(grep -oE '"evaluation": "[^"]+' "$work/out.json" | cut -d'"' -f4)
curl -fsS -o "$work/matrix" "$url/api/evaluations/$id/matrix"
ended=$(date +%s.%N)
curl -fsS "$url/api/jobs" >"$work/jobs.json"
python3 - "$began" "$ended" "$work/jobs.json" <<'PY'
import datetime, json, sys
total = float(sys.argv[2]) - float(sys.argv[1])
def when(text):
    whole, _, fraction = text.rstrip("Z").partition(".")
    return datetime.datetime.fromisoformat(whole) + datetime.timedelta(seconds=float("0." + (fraction or "0")))
took = {j["kind"]: (when(j["finished"]) - when(j["started"])).total_seconds() for j in json.load(open(sys.argv[3]))["jobs"]}
rest = total - sum(took.values())
print("200 photos from the command to the matrix: %.2f s" % total)
print("  import with thumbnails %.2f s, evaluation (decode, preprocess, inference, storing) %.2f s, start and inspection of the model %.2f s" % (took["import"], took["evaluate"], rest))
print("  outside the evaluation: %.0f %%" % (100 * (total - took["evaluate"]) / total))
PY
