package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"gopkg.in/yaml.v3"

	"github.com/sightline/sightline/server/api"
)

// Flags may stand anywhere, with one dash or two; what follows -- is no flag.
func TestStraighten(t *testing.T) {
	root := commands(&call{}, verbs())
	for line, want := range map[string]string{
		"import photos --name x":                 "import photos --name x",
		"--workspace W import photos":            "import --workspace W photos",
		"--workspace=W --json model list":        "model --workspace=W --json list",
		"--name x --trust explain --limit 2 a b": "explain --name x --trust --limit 2 a b",
		"-workspace W import -name x photos":     "import --workspace W --name x photos",
		"import -- --name -name":                 "import -- --name -name",
		"import photos --name -json":             "import photos --name -json",
		"explain a b --option -seed --json":      "explain a b --option -seed --json",
		"--version":                              "version",
		"-version --json":                        "version --json",
		"--json":                                 "--json",
		"-h":                                     "-h",
		"":                                       "",
		"__complete --workspace W import p":      "__complete --workspace W import p",
		"--nonsense import photos":               "import --nonsense photos",
		"help import":                            "help import",
	} {
		if got := strings.Join(straighten(root, strings.Fields(line)), " "); got != want {
			t.Errorf("%q became %q, want %q", line, got, want)
		}
	}
}

// Flags of one name take a value everywhere or nowhere, as straighten supposes.
func TestFlagsOfOneNameAreOfOneKind(t *testing.T) {
	kinds := map[string]string{}
	for _, cmd := range everyCommand(commands(&call{}, verbs())) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if kind, ok := kinds[f.Name]; ok && kind != f.NoOptDefVal {
				t.Errorf("--%s of %s takes a value, or none, as others do not", f.Name, cmd.CommandPath())
			}
			kinds[f.Name] = f.NoOptDefVal
		})
	}
}

func everyCommand(cmd *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		list = append(list, everyCommand(sub)...)
	}
	return list
}

// A mistake is told in one line, with what may have been meant, and one more that
// points to help.
func TestMistakes(t *testing.T) {
	for line, want := range map[string]string{
		"frobnicate":              `sightline: there is no command "frobnicate"`,
		"imprt photos":            `sightline: there is no command "imprt"; did you mean import?`,
		"add model.onnx":          `sightline: there is no command "add"; did you mean model add?`,
		"modle list":              `sightline: there is no command "modle"; did you mean model list?`,
		"model":                   `sightline model: model needs one of: add, list, show, probe`,
		"model lits":              `sightline model: there is no command "model lits"; did you mean list?`,
		"help evalute":            `sightline help: there is no command "evalute"; did you mean evaluate?`,
		"import":                  `sightline import: missing DIR, the folder of images`,
		"evaluate":                `sightline evaluate: missing DATASET and MODEL`,
		"evaluate a":              `sightline evaluate: missing MODEL`,
		"evaluate a b c":          `sightline evaluate: unexpected argument "c"`,
		"serve x":                 `sightline serve: unexpected argument "x"`,
		"import p --nonsense":     `sightline import: there is no flag --nonsense`,
		"import p --lables f":     `sightline import: there is no flag --lables; did you mean --labels?`,
		"import p --name":         `sightline import: flag needs an argument: --name`,
		"explain a b --limit two": `sightline explain: --limit two: must be a whole number`,
		"explain a b --seed -1":   `sightline explain: --seed -1: must be a whole number of at least 0`,
		"explain a b --option x":  `sightline explain: --option x: must be NAME=VALUE, such as scaling=published`,
		"completion tcsh":         `sightline completion: "tcsh" is not one of bash, zsh, fish, powershell`,
	} {
		var out, err bytes.Buffer
		code := run(strings.Fields(line), &out, &err)
		lines := strings.Split(err.String(), "\n")
		if code != exitUsage || lines[0] != want || len(lines) != 3 || !strings.Contains(lines[1], "sightline help") || out.Len() > 0 {
			t.Errorf("%q exits with %d and says %q and %q, want %q", line, code, err.String(), out.String(), want)
		}
	}
}

// The exit code tells failure, misuse and interruption apart.
func TestExitCodes(t *testing.T) {
	for want, err := range map[int]error{
		0: nil, exitFailed: errors.New("no"), exitUsage: fmt.Errorf("in a file: %w", usageError{"no"}),
		exitInterrupted: fmt.Errorf("asking: %w", context.Canceled),
	} {
		c := &call{stdout: io.Discard, stderr: io.Discard}
		if got := c.report(commands(c, verbs()), nil, err); got != want {
			t.Errorf("%v exits with %d, want %d", err, got, want)
		}
	}
}

// What opens a model is not waited for once the user has stopped it: the runtime cannot be.
func TestOpeningIsNotWaitedFor(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	c := &call{stdout: io.Discard, stderr: io.Discard}
	never := make(chan error)
	if err := c.waiting(ctx, func() string { return "opening" }, func() error { return <-never }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	failed := errors.New("no")
	if err := c.waiting(t.Context(), func() string { return "" }, func() error { return failed }); err != failed {
		t.Errorf("%v", err)
	}
}

// Every verb explains itself: flags, exit status and at least one example, which a
// script runs.
func TestEveryVerbHasHelp(t *testing.T) {
	for _, v := range verbs() {
		var out bytes.Buffer
		if code := run(append([]string{"help"}, strings.Fields(v.name)...), &out, io.Discard); code != 0 {
			t.Errorf("help %s exits with %d", v.name, code)
		}
		wants := []string{v.summary, "Usage: sightline " + v.name, "--workspace DIR", "--json", "Exit status:", "  0 ", "  1 ", "  2 ", "  130 "}
		if v.group != "" {
			wants = append(wants, "Examples:\n  sightline "+v.name)
		}
		for _, want := range wants {
			if !strings.Contains(out.String(), want) {
				t.Errorf("help %s lacks %q", v.name, want)
			}
		}
		if v.group != "" && !slices.Contains(groups(), v.group) {
			t.Errorf("help does not list %s: it is in no group", v.name)
		}
	}
}

// The scripts of testdata run every example of the help, as it stands or with more
// flags behind it; one that fits no small dataset may fail.
func TestExamplesAreRun(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var ran []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		ran = append(ran, strings.Split(string(content), "\n")...)
	}
	for _, v := range verbs() {
		for _, example := range v.examples {
			if !slices.ContainsFunc(ran, func(line string) bool {
				return strings.HasPrefix(strings.TrimPrefix(line, "! ")+" ", "exec "+example+" ")
			}) {
				t.Errorf("no script runs `exec %s`, an example of %s", example, v.name)
			}
		}
	}
}

// The containers of docs/compose.yaml start commands that there are.
func TestComposedCommands(t *testing.T) {
	content, err := os.ReadFile("../../docs/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct{ Command []string }
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"serve", "worker"} {
		command := file.Services[name].Command
		if len(command) < 2 || command[0] != "sightline" {
			t.Errorf("%s starts %q", name, command)
			continue
		}
		if err := understood(command[1:]); err != nil {
			t.Errorf("%s: %q: %v", name, command, err)
		}
	}
}

// Every command line in README and docs names a verb, its arguments and flags as
// they are.
func TestDocumentedCommands(t *testing.T) {
	files, _ := filepath.Glob("../../docs/*.md")
	found := 0
	for _, file := range append(files, "../../README.md") {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
			if !strings.HasPrefix(line, "sightline ") {
				continue
			}
			found++
			if err := understood(words(line)[1:]); err != nil {
				t.Errorf("%s: %s: %v", file, line, err)
			}
		}
	}
	if found < 8 {
		t.Errorf("README and docs have %d command lines", found)
	}
}

// words are those of a command line, of which one in single quotes has spaces.
func words(line string) (list []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}

// understood reads a command line without carrying it out.
func understood(args []string) error {
	root := commands(&call{}, verbs())
	cmd, rest, err := root.Find(straighten(root, args))
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err == nil && (!cmd.HasParent() || cmd.HasSubCommands()) && len(args) > 0 {
		err = fmt.Errorf("%s is no command", args[0])
	}
	return err
}

func TestProgressWithoutTerminal(t *testing.T) {
	var out bytes.Buffer
	now := time.Unix(0, 0)
	p := newProgress(&out)
	p.now, p.printed = func() time.Time { return now }, now
	for i := range 100 { // 20 seconds of five updates each
		now = time.Unix(0, 0).Add(time.Duration(i) * 200 * time.Millisecond)
		p.update(api.Job{Title: "evaluate", Items: 100, Done: i, Rate: 5})
	}
	if lines := strings.Count(out.String(), "\n"); lines != 3 || strings.Contains(out.String(), "\r") {
		t.Errorf("20 seconds gave %d lines, want 3:\n%s", lines, out.String())
	}
}

func TestProgressOnTerminal(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	p.terminal, p.width = true, func() int { return 60 }
	p.update(api.Job{Title: "evaluate a long name", Items: 200, Done: 50, Rate: 12.5, ETASeconds: 12})
	got := out.String()
	if !strings.HasPrefix(got, "\r\x1b[K") || strings.Contains(got, "\n") {
		t.Errorf("not redrawn in place: %q", got)
	}
	if want := "evaluate a long…  █████░░░░░░░░░░░░░░░  50/200  12/s  ETA …"; got[4:] != want {
		t.Errorf("drew %q, want %q", got[4:], want)
	}
	out.Reset()
	p.width = func() int { return 70 }
	p.update(api.Job{Title: "evaluate a rather long name", Items: 200, Done: 50, Rate: 12.5, ETASeconds: 12})
	if want := "evaluate a rather long…  █████░░░░░░░░░░░░░░░  50/200  12/s  ETA 12 s"; out.String()[4:] != want {
		t.Errorf("drew %q, want %q", out.String()[4:], want)
	}
}

func TestTableAligns(t *testing.T) {
	var out bytes.Buffer
	tab := newTable("name", "\tcount")
	tab.row("é", 5)
	tab.row("longer", 1234)
	tab.write(&out)
	want := "name    count\né           5\nlonger   1234\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestClassIndex(t *testing.T) {
	e := api.Evaluation{Classes: []string{"crane", "cake", "Ice_Cream", "crane", "0"}}
	index := func(i int) *int { return &i }
	tests := []struct {
		name, message string
		want          *int
	}{
		{name: "cake", want: index(1)},
		{name: "ice cream", want: index(2)},
		{name: "0", want: index(4)},
		{name: ""},
		{name: "crane", message: "2 classes"},
		{name: "tart", message: "no such class; it has crane, cake"},
	}
	for _, test := range tests {
		got, err := classIndex(e, "--label", test.name)
		if !reflect.DeepEqual(got, test.want) || (err == nil) != (test.message == "") || err != nil && !strings.Contains(err.Error(), test.message) {
			t.Errorf("classIndex(%q) = %v, %v", test.name, got, err)
		}
	}
}

func TestBriefKeepsShortNamesAndCutsLongOnesAtACharacter(t *testing.T) {
	for name, want := range map[string]string{
		"cake":                  "cake",
		strings.Repeat("é", 36): strings.Repeat("é", 36),
		strings.Repeat("é", 37): strings.Repeat("é", 35) + "…",
	} {
		if got := brief(name); got != want {
			t.Errorf("brief(%q) = %q, want %q", name, got, want)
		}
	}
}

// A row that has more tags than anyone reads is refused before any is set.
func TestMarksOfTooManyTags(t *testing.T) {
	file := filepath.Join(t.TempDir(), "marks.csv")
	if err := os.WriteFile(file, []byte("path,tags\n1.png,a;b\n2.png,"+strings.Repeat("t;", 100)+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := readMarks(file); err == nil || !strings.Contains(err.Error(), "row 2 has 101 tags, at most 100 may be") {
		t.Error(err)
	}
}
