// Command gotest runs `go test -json` with its arguments and prints what a person
// wants to read of it: go test's own closing line of each package, everything a
// failing test said, and at the end one line of what was skipped and why.
//
//	go run ./scripts/gotest [-skips FILE] [-slowest N] -- ARGUMENTS OF GO TEST
//
// With -skips the line is also written to FILE, for a longer run to print at its
// end. The exit status is go test's.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	skips := flag.String("skips", "", "file to write the line about skipped tests to")
	slowest := flag.Int("slowest", 0, "how many of the slowest tests to name at the end")
	flag.Parse()
	status, err := run(flag.Args(), *skips, *slowest)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		os.Exit(1)
	}
	os.Exit(status)
}

// run passes the events of go test to a report and returns its exit status.
func run(args []string, skips string, slowest int) (int, error) {
	command := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	command.Stderr = os.Stderr
	events, err := command.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := command.Start(); err != nil {
		return 0, err
	}
	r := newReport(os.Stdout)
	if err := r.read(events); err != nil {
		return 0, err
	}
	err = command.Wait()
	r.printSlowest(slowest)
	line := r.skipLine()
	fmt.Println(line)
	if skips != "" {
		if err := os.WriteFile(skips, []byte(line+"\n"), 0o644); err != nil {
			return 0, err
		}
	}
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		return 0, err
	}
	return command.ProcessState.ExitCode(), nil
}
