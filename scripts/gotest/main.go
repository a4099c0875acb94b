// Command gotest runs `go test -json` with its arguments and prints what a person
// wants to read of it: go test's own closing line of each package, everything a
// failing test said, and at the end one line of what was skipped and why.
//
//	go run ./scripts/gotest [-skips FILE] [-looking FILE] [-slowest N] -- ARGUMENTS OF GO TEST
//
// With -skips the line is also written to FILE, for a longer run to print at its
// end. With -looking FILE gets the tests that looked for the test material, one
// line each of package and name. The exit status is go test's.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	skips := flag.String("skips", "", "file to write the line about skipped tests to")
	looking := flag.String("looking", "", "file to write the tests to that looked for the test material")
	slowest := flag.Int("slowest", 0, "how many of the slowest tests to name at the end")
	flag.Parse()
	status, err := run(flag.Args(), *skips, *looking, *slowest)
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		os.Exit(1)
	}
	os.Exit(status)
}

// run passes the events of go test to a report and returns its exit status.
func run(args []string, skips, looking string, slowest int) (int, error) {
	command := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	command.Stderr = os.Stderr
	command.Env = append(collectRarely(), os.Environ()...) // what the caller set comes later and holds
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
	for file, text := range map[string]string{skips: line + "\n", looking: r.lookingLines()} {
		if file == "" {
			continue
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return 0, err
		}
	}
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		return 0, err
	}
	return command.ProcessState.ExitCode(), nil
}

// collectRarely has Go collect garbage less often than a program that lives long would: the heaps of tests are small, and
// a tenth of their processor time went into it. The limit is for those that hold a large model.
func collectRarely() []string { return []string{"GOGC=400", "GOMEMLIMIT=3GiB"} }
