package main

import (
	"os"
	"runtime"
)

// version is set by the build (-X main.version=…).
var version = "unversioned"

// ballast is how many bytes are taken and never touched, so that they cost no memory. The garbage
// collector waits until as much again is in use: it would else run at every four megabytes, a
// fifth of the time in which a worker draws maps.
const ballast = 32 << 20

func main() {
	held := make([]byte, ballast)
	code := run(os.Args[1:], os.Stdout, os.Stderr)
	runtime.KeepAlive(held)
	os.Exit(code)
}
