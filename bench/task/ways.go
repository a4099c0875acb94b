package main

import (
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
type command struct {
	words  []string
	serves bool // it does not end: the task is done when it prints its document
}

// ourWays are Sightline's; the first is what the others are compared with.
func (t *task) ourWays() []way {
	sightline := func(dir string, words ...string) command {
		return command{words: slices.Concat([]string{t.binary}, words, []string{"--workspace", filepath.Join(dir, "workspace")})}
	}
	four := func(evaluate ...string) func(dir string) []command {
		return func(dir string) []command {
			return []command{
				sightline(dir, "import", t.photos, "--name", "photos"),
				sightline(dir, "model", "add", t.model, "--name", "model", "--preprocessing", "imagenet"),
				sightline(dir, append([]string{"evaluate", "photos", "model"}, evaluate...)...),
				sightline(dir, "explain", "photos", "model", "--method", "gradcam", "--out", filepath.Join(dir, "out")),
			}
		}
	}
	steps := []string{"import", "add", "evaluate", "explain"}
	return []way{
		{"Sightline, evaluate --explain, then explain", steps, four("--explain", "gradcam", "--target", "predicted")},
		{"Sightline, four commands that share nothing", steps, four()},
		{"Sightline, open --explain --out", nil, func(dir string) []command {
			c := sightline(dir, "open", t.photos, "--model", t.model, "--preprocessing", "imagenet", "--explain", "gradcam", "--target", "predicted",
				"--out", filepath.Join(dir, "out"), "--listen", "127.0.0.1:0", "--json")
			c.serves = true
			return []command{c}
		}},
	}
}

// peers are Python's: see peer.py.
func (t *task) peers(model string) (list []way) {
	for _, p := range [][2]string{
		{"loop", "Python, an engineer's own loop"},
		{"frozen", "Python, pytorch-grad-cam's algorithm, frozen"},
		{"documented", "Python, pytorch-grad-cam's algorithm, as documented"},
	} {
		list = append(list, way{name: p[1], commands: func(dir string) []command {
			return []command{{words: []string{"/usr/bin/python3", "bench/task/peer.py", p[0], model, filepath.Join(t.work, model+".pt"), t.photos, filepath.Join(dir, "out")}}}
		}})
		if t.smoke {
			break // the others are the same script by another word
		}
	}
	return list
}
