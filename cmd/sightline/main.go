package main

import "os"

// version is set by the build (-X main.version=…).
var version = "unversioned"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
