package children

import (
	"bytes"
	"strings"
)

// epitaph listens to a worker's standard error for why it died: the line with
// which Go or the C library announces a crash, else the last line.
type epitaph struct {
	partial []byte
	crash   string
	last    string
}

// Write implements io.Writer.
func (e *epitaph) Write(p []byte) (int, error) {
	e.partial = append(e.partial, p...)
	for {
		i := bytes.IndexByte(e.partial, '\n')
		if i < 0 {
			break
		}
		e.line(strings.TrimSpace(string(e.partial[:i])))
		e.partial = e.partial[i+1:]
	}
	if len(e.partial) > 4096 {
		e.partial = e.partial[:0]
	}
	return len(p), nil
}

func (e *epitaph) line(s string) {
	if s == "" {
		return
	}
	e.last = s
	if e.crash != "" {
		return
	}
	for _, start := range []string{"panic: ", "fatal error: ", "SIG", "runtime: ", "terminate called", "double free", "malloc", "free("} {
		if strings.HasPrefix(s, start) {
			e.crash = s
		}
	}
}

func (e *epitaph) String() string {
	if e.crash != "" {
		return e.crash
	}
	return e.last
}
