package main

import (
	"os/exec"
	"path/filepath"
	"slices"
)

// way is a way to the task's files: the commands that a user types, one after another.
type way struct {
	name     string
	steps    []string // a word for each command
	commands func(dir string) []command
}

// command is one that is typed.
type command struct{ words []string }

// ourWays are Sightline's; the first is what the others are compared with.
func (t *task) ourWays() []way {
	sightline := func(dir string, words ...string) command {
		return command{slices.Concat([]string{t.binary}, words, []string{"--workspace", filepath.Join(dir, "workspace")})}
	}
	return []way{{
		name: "Sightline, four commands", steps: []string{"import", "add", "evaluate", "explain"},
		commands: func(dir string) []command {
			return []command{
				sightline(dir, "import", t.photos, "--name", "photos"),
				sightline(dir, "model", "add", t.model, "--name", "model", "--preprocessing", "imagenet"),
				sightline(dir, "evaluate", "photos", "model"),
				sightline(dir, "explain", "photos", "model", "--method", "gradcam", "--out", filepath.Join(dir, "out")),
			}
		},
	}}
}

// peers are Python's: see peer.py.
func (t *task) peers(model string) (list []way) {
	for _, p := range [][2]string{
		{"loop", "Python, an engineer's own loop"},
		{"frozen", "Python, pytorch-grad-cam's algorithm, frozen"},
		{"documented", "Python, pytorch-grad-cam's algorithm, as documented"},
	} {
		list = append(list, way{name: p[1], commands: func(dir string) []command {
			return []command{{[]string{"/usr/bin/python3", "bench/task/peer.py", p[0], model, filepath.Join(t.work, model+".pt"), t.photos, filepath.Join(dir, "out")}}}
		}})
	}
	return list
}

// run runs the command; with look it returns the peak of its memory in megabytes, and of all
// processes that it starts.
func (c command) run(look bool) (megabytes int64, err error) {
	p := exec.Command(c.words[0], c.words[1:]...)
	return watch(p, look)
}
