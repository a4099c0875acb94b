#!/bin/sh
# Names every tool that is missing or too old, with the remedy, and fails if any is.
bad=0
complain() { printf '  - %s\n' "$1" >&2; bad=1; }
at_least() { # at_least HAVE WANT: true if version HAVE >= WANT
	[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}
if ! command -v go >/dev/null; then
	complain "Go is not installed: get Go 1.26 or newer from https://go.dev/dl/"
else
	v=$(go env GOVERSION | sed 's/^go//; s/[^0-9.].*//')
	at_least "$v" 1.26 || complain "Go $v is too old: get 1.26 or newer from https://go.dev/dl/"
fi
if ! command -v node >/dev/null; then
	complain "Node.js is not installed: get 20.19 or newer from https://nodejs.org/"
else
	v=$(node --version | sed 's/^v//')
	at_least "$v" 20.19 || complain "Node.js $v is too old: get 20.19 or newer from https://nodejs.org/"
	command -v npm >/dev/null || complain "npm is not installed: it comes with Node.js, or: apt-get install npm"
fi
command -v g++ >/dev/null || complain "g++ is not installed: apt-get install g++"
if [ "$bad" -ne 0 ]; then
	echo "Sightline cannot be built yet; mend the points above and run the command again." >&2
fi
exit "$bad"
