package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lookEvery is how often memory is looked at, which takes milliseconds of a processor.
const lookEvery = 100 * time.Millisecond

// run runs the command and returns how long it took; with look also the largest sum of the
// proportional set sizes of it and the processes that it started, in megabytes.
func (c command) run(look bool) (seconds float64, megabytes int64, err error) {
	p := exec.Command(c.words[0], c.words[1:]...)
	said := &output{done: make(chan time.Time, 1)}
	p.Stdout, p.Stderr = said, &said.errors
	started := time.Now()
	if err := p.Start(); err != nil {
		return 0, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			switch {
			case seconds > 0: // it was interrupted when it was done
			case err != nil:
				return 0, 0, fmt.Errorf("%s: %w: %s", strings.Join(p.Args, " "), err, said.errors.String())
			default:
				seconds = time.Since(started).Seconds()
			}
			return seconds, megabytes, nil
		case at := <-said.done:
			if c.serves && seconds == 0 {
				seconds = at.Sub(started).Seconds()
				_ = p.Process.Signal(os.Interrupt) // else it has ended
			}
		case <-tick.C:
			if look {
				megabytes = max(megabytes, memory(p.Process.Pid)>>10)
			}
		}
	}
}

// output is what a command prints, until a whole JSON document is there.
type output struct {
	text, errors bytes.Buffer
	done         chan time.Time
}

func (o *output) Write(b []byte) (int, error) {
	o.text.Write(b)
	if json.Valid(o.text.Bytes()) {
		select {
		case o.done <- time.Now():
		default:
		}
	}
	return len(b), nil
}

// memory is the proportional set size of a process and its descendants, in kilobytes.
func memory(root int) (kilobytes int64) {
	children := map[int][]int{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			continue // it ended
		}
		// pid (name) state parent …; the name may hold anything
		fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if parent, err := strconv.Atoi(fields[1]); err == nil {
			children[parent] = append(children[parent], pid)
		}
	}
	for list := []int{root}; len(list) > 0; list = list[1:] {
		kilobytes += proportional(list[0])
		list = append(list, children[list[0]]...)
	}
	return kilobytes
}

// proportional is the proportional set size of one process in kilobytes; 0 if it ended.
func proportional(pid int) int64 {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(content)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n
		}
	}
	return 0
}
