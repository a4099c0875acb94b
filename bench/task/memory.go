package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// lookEvery is how often memory is looked at, which takes milliseconds of a processor.
const lookEvery = 50 * time.Millisecond

// watch runs a command and, with look, returns the largest sum of the proportional set
// sizes of it and the processes that it started, in megabytes.
func watch(p *exec.Cmd, look bool) (megabytes int64, err error) {
	var said bytes.Buffer
	p.Stdout, p.Stderr = &said, &said
	if err := p.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			if err != nil {
				err = fmt.Errorf("%s: %w: %s", strings.Join(p.Args, " "), err, said.String())
			}
			return megabytes, err
		case <-tick.C:
			if look {
				megabytes = max(megabytes, memory(p.Process.Pid)>>10)
			}
		}
	}
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
