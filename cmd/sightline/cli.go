package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// verb is one subcommand. Its help, its page of the manual and its completion are
// made of these fields alone.
type verb struct {
	name     string     // as typed; two words for `model add`
	group    string     // the heading under which help lists it; "" leaves it out
	args     []argument // what follows the verb
	needs    string     // flags that it cannot do without, for the usage line
	summary  string     // one line
	about    string     // what else one has to know: paragraphs
	examples []string   // command lines; the scripts in testdata run each of them
	exits    []exit     // exit codes that mean more, or other things, than those of every verb
	serves   bool       // runs until Ctrl-C, which is then its proper end
	// define declares the verb's flags and returns what it does.
	define func(*pflag.FlagSet) action
}

// exit is an exit code and what it means.
type exit struct {
	code    int
	meaning string
}

// argument is a positional argument.
type argument struct {
	name     string // in the usage line
	is       string // what it is, for whoever leaves it out; may be empty
	optional bool
	values   values // completes it; nil: file names
}

// action carries out a verb.
type action func(context.Context, *call) error

// call is one use of a verb.
type call struct {
	workspace string   // folder of the workspace
	json      bool     // one JSON document on stdout instead of text
	args      []string // positional arguments, as many as the verb takes
	root      *cobra.Command
	stdout    io.Writer
	stderr    io.Writer
}

// run carries out a command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	c := &call{stdout: stdout, stderr: stderr}
	c.root = commands(c, verbs())
	args = straighten(c.root, args)
	c.root.SetArgs(args)
	used, err := c.root.ExecuteC()
	return c.report(used, args, err)
}

// withSignals gives do a context that ends at the first Ctrl-C or SIGTERM; a
// second one kills the process as usual.
func withSignals(do func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return do(ctx)
}

// document writes the one JSON document of --json.
func (c *call) document(value any) error {
	enc := json.NewEncoder(c.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}
