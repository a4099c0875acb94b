package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// verb is one subcommand.
type verb struct {
	name    string // as typed; two words for `model add`
	args    string // positional arguments, for the usage line
	summary string // one line
	hidden  bool   // not listed by help
	// define declares the verb's flags and returns what it does.
	define func(*flag.FlagSet) action
}

// action carries out a verb.
type action func(context.Context, *call) error

// call is one use of a verb.
type call struct {
	workspace string   // folder of the workspace
	json      bool     // one JSON document on stdout instead of text
	args      []string // positional arguments
	stdout    io.Writer
	stderr    io.Writer
}

// usageError is a mistake in the command line; the usage follows it.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

// Exit codes.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// run carries out a command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	v, rest, err := choose(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, helpText())
		return 0
	}
	if err != nil {
		fmt.Fprintf(stderr, "sightline: %v\n\n%s", err, helpText())
		return exitUsage
	}
	return runVerb(v, rest, stdout, stderr)
}

// choose finds the verb a command line names and returns what follows it.
func choose(args []string) (*verb, []string, error) {
	if len(args) == 0 || args[0] == "help" && len(args) == 1 || args[0] == "-h" || args[0] == "--help" || args[0] == "-help" {
		return nil, nil, flag.ErrHelp
	}
	if args[0] == "--version" || args[0] == "-version" {
		args = append([]string{"version"}, args[1:]...)
	}
	if args[0] == "help" {
		args = append(args[1:len(args):len(args)], "--help")
	}
	all := verbs()
	for words := min(2, len(args)); words > 0; words-- {
		name := strings.Join(args[:words], " ")
		for i := range all {
			if all[i].name == name {
				return &all[i], args[words:], nil
			}
		}
	}
	return nil, nil, unknownVerb(all, args[0])
}

func unknownVerb(all []verb, word string) error {
	var second []string
	for _, v := range all {
		if after, ok := strings.CutPrefix(v.name, word+" "); ok {
			second = append(second, after)
		}
	}
	if second != nil {
		return fmt.Errorf("%s needs one of: %s", word, strings.Join(second, ", "))
	}
	return fmt.Errorf("there is no command %q", word)
}

func runVerb(v *verb, args []string, stdout, stderr io.Writer) int {
	c := &call{stdout: stdout, stderr: stderr}
	flags := flag.NewFlagSet(v.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&c.workspace, "workspace", ".sightline", "folder that holds everything Sightline stores (`DIR`)")
	flags.BoolVar(&c.json, "json", false, "write one JSON document to standard output, progress to standard error")
	do := v.define(flags)
	var err error
	c.args, err = parse(flags, args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, usage(v, flags))
		return 0
	}
	if err != nil {
		c.json = c.json || slices.Contains(args, "--json") || slices.Contains(args, "-json") // reading stopped at the mistake
		err = usageError{err.Error()}
	} else {
		err = withSignals(func(ctx context.Context) error { return do(ctx, c) })
	}
	return report(v, flags, c, err)
}

// parse reads flags that stand before, between or after the positional
// arguments. Everything after -- is positional.
func parse(flags *flag.FlagSet, args []string) ([]string, error) {
	var positional []string
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		rest := flags.Args()
		if len(rest) == 0 {
			return positional, nil
		}
		if used := len(args) - len(rest); used > 0 && args[used-1] == "--" {
			return append(positional, rest...), nil
		}
		positional = append(positional, rest[0])
		args = rest[1:]
	}
}

// withSignals gives do a context that ends at the first Ctrl-C or SIGTERM; a
// second one kills the process as usual.
func withSignals(do func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return do(ctx)
}

// report prints an error and returns the exit code.
func report(v *verb, flags *flag.FlagSet, c *call, err error) int {
	if err == nil {
		return 0
	}
	code := exitFailed
	var misuse usageError
	if err == context.Canceled {
		err = stopped("stopped")
	}
	switch {
	case errors.As(err, &misuse):
		code = exitUsage
	case errors.Is(err, context.Canceled):
		code = exitInterrupted
	}
	fmt.Fprintf(c.stderr, "sightline %s: %v\n", v.name, err)
	if code == exitUsage {
		fmt.Fprintf(c.stderr, "\n%s", usage(v, flags))
	}
	if c.json {
		_ = c.document(map[string]any{"error": err.Error()})
	}
	return code
}

// document writes the one JSON document of --json.
func (c *call) document(value any) error {
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}

// want checks the number of positional arguments and says which are missing.
func (c *call) want(names ...string) error {
	if len(c.args) < len(names) {
		return usageError{"missing " + strings.Join(names[len(c.args):], " and ")}
	}
	if len(c.args) > len(names) {
		return usageError{fmt.Sprintf("unexpected argument %q", c.args[len(names)])}
	}
	return nil
}

func usage(v *verb, flags *flag.FlagSet) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\nUsage: sightline %s\n\nFlags:\n", v.summary, strings.TrimSpace(v.name+" "+v.args+" [flags]"))
	flags.VisitAll(func(f *flag.Flag) {
		kind, text := flag.UnquoteUsage(f)
		fmt.Fprintf(&b, "  --%-24s %s", strings.TrimSpace(f.Name+" "+kind), text)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			fmt.Fprintf(&b, " (default %s)", f.DefValue)
		}
		b.WriteByte('\n')
	})
	return b.String()
}

func helpText() string {
	var b strings.Builder
	b.WriteString("Sightline tells where an image classifier is wrong, and why.\n\nUsage: sightline COMMAND [arguments] [flags]\n\nCommands:\n")
	for _, v := range verbs() {
		if !v.hidden {
			fmt.Fprintf(&b, "  %-12s %s\n", v.name, v.summary)
		}
	}
	b.WriteString("\n`sightline help COMMAND` tells more. Every command takes --workspace DIR and --json.\n")
	return b.String()
}
