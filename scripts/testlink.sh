#!/usr/bin/env bash
# Makes DuckDB one shared library that all test binaries load, and prints the linker
# that finds it: thirty binaries are linked in half the time, and are 30 MB instead
# of 85 each. The product is linked as a whole. Prints nothing where this cannot be
# done (another system, no archives, g++ fails): tests are then linked like the product.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Linux ] || exit 0
case $PWD in *[!A-Za-z0-9_./@+-]*) exit 0 ;; esac # the path goes through the flags of three programs
platform=github.com/duckdb/duckdb-go-bindings/lib/linux-$(go env GOARCH)
archives=$(go list -m -f '{{.Dir}}' "$platform" 2>/dev/null) || exit 0
[ -f "$archives/libduckdb_static.a" ] || exit 0
made=$PWD/bin/tests/$(basename "$archives")
if [ ! -x "$made/link" ]; then
	mkdir -p bin/tests
	part=$(mktemp -d bin/tests/part.XXXXXX)
	trap 'rm -rf "$part"' EXIT
	gold=()
	if command -v ld.gold >/dev/null; then gold=(-fuse-ld=gold); fi
	# Under the archive's own name: where a folder has both, -lduckdb_static takes the shared one.
	g++ "${gold[@]}" -shared -o "$part/libduckdb_static.so" -Wl,-z,muldefs,--whole-archive \
		"$archives/libduckdb_static.a" "$archives"/lib*_extension.a "$archives/libduckdb_generated_extension_loader.a" \
		-Wl,--no-whole-archive,-Bsymbolic,-s >/dev/null 2>&1 || exit 0
	printf '#!/bin/sh\nexec g++ %s -L%s -Wl,-rpath,%s "$@"\n' "${gold[*]}" "$made" "$made" >"$part/link"
	chmod +x "$part/link"
	mv -T "$part" "$made" 2>/dev/null || [ -x "$made/link" ]
fi
echo "$made/link"
