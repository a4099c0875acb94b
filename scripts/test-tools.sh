#!/bin/sh
# Installs what only the tests need: Chromium for the browser tests, and the
# Python libraries that serve as oracles. Without root, or without apt, it says
# what is missing; the tests that need it then skip with the same message, and in
# continuous integration ($CI) that is an error. PyTorch, ONNX and OpenCV are large,
# and nearly all they are compared with is test material: they are installed only
# beside it or for continuous integration.
cd "$(dirname "$0")/.." || exit
missing=""
# Chromium without a window does the same with two thirds of the work. Debian has it, others the whole one alone.
root() { [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; }
light() { command -v chromium-headless-shell >/dev/null; }
light || command -v chromium >/dev/null || missing="$missing chromium"
oracle() { [ -x /usr/bin/python3 ] && /usr/bin/python3 -I -c "import $1" 2>/dev/null; }
oracle PIL || missing="$missing python3-pil"
oracle numpy || missing="$missing python3-numpy"
oracle sklearn || missing="$missing python3-sklearn"
if [ -n "$CI" ] || scripts/material.sh >/dev/null; then
	oracle torch || missing="$missing python3-torch"
	oracle torchvision || missing="$missing python3-torchvision"
	oracle onnx || missing="$missing python3-onnx"
	oracle cv2 || missing="$missing python3-opencv"
fi
command -v djpeg >/dev/null || missing="$missing libjpeg-turbo-progs"
log=/tmp/sightline-apt.log
install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >>$log 2>&1; }
if root && { [ -n "$missing" ] || { [ -n "$CI" ] && ! light; }; } && apt-get update -qq >$log 2>&1 && ! light; then
	echo 'installing for the tests: chromium-headless-shell'
	install chromium-headless-shell && missing=$(echo "$missing" | sed 's/ chromium\b//')
fi
[ -z "$missing" ] && exit 0
if root; then
	echo "installing for the tests:$missing"
	install $missing && exit 0
	tail -n 5 $log
fi
echo "not installed, so some tests will skip:$missing" >&2
echo "to run them all: sudo apt-get install$missing" >&2
[ -z "$CI" ] # in continuous integration nothing may be skipped for want of a tool
