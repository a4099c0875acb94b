package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sightline/sightline/internal/spelling"
	"github.com/sightline/sightline/slice"
)

// Exit codes, as every verb's help tells them.
const (
	exitFailed      = 1
	exitUsage       = 2
	exitUnjudged    = 3 // of check
	exitInterrupted = 130
)

// usageError is a mistake in the command line.
type usageError struct{ message string }

func (e usageError) Error() string { return e.message }

// status is an exit code of a command that has said all there is to say.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// checkSlice refuses a text of --slice that is none, before anything runs.
func checkSlice(text string) error {
	if _, err := slice.Parse(text); err != nil {
		return usageError{"--slice: " + err.Error()}
	}
	return nil
}

// report prints an error and returns the exit code. A mistake in the command line
// is followed by one line that tells where help is.
func (c *call) report(cmd *cobra.Command, args []string, err error) int {
	if err == nil {
		return 0
	}
	if said := status(0); errors.As(err, &said) {
		return int(said)
	}
	if err == context.Canceled {
		err = stopped("stopped")
	}
	code := exitFailed
	var misuse usageError
	switch {
	case errors.As(err, &misuse):
		code = exitUsage
	case errors.Is(err, context.Canceled):
		code = exitInterrupted
	}
	fmt.Fprintf(c.stderr, "%s: %v\n", cmd.CommandPath(), err)
	if code == exitUsage {
		fmt.Fprintln(c.stderr, pointer(cmd))
	}
	if c.json || slices.Contains(args, "--json") { // reading may have stopped before it
		_ = c.document(map[string]any{"error": err.Error()})
	}
	return code
}

// pointer is the line that points to help.
func pointer(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return "`sightline help` lists the commands."
	}
	return fmt.Sprintf("`sightline help %s` tells how it is used.", strings.TrimPrefix(cmd.CommandPath(), "sightline "))
}

// flagError says what is wrong with a flag in our words.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		return usageError{fmt.Sprintf("there is no flag --%s%s", name, suggest("--"+name, flagNames(cmd)))}
	case errors.As(err, &invalid):
		return usageError{fmt.Sprintf("--%s %s: %s", invalid.GetFlag().Name, invalid.GetValue(), whatItMustBe(invalid))}
	}
	return usageError{err.Error()}
}

// whatItMustBe is why a flag's value was refused.
func whatItMustBe(e *pflag.InvalidValueError) string {
	var number *strconv.NumError
	if errors.As(e, &number) {
		if strings.HasPrefix(e.GetFlag().Value.Type(), "uint") {
			return "must be a whole number of at least 0"
		}
		return "must be a whole number"
	}
	return e.Unwrap().Error()
}

func flagNames(cmd *cobra.Command) (names []string) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	return names
}

// suggest is a question after the name that was not found: the names it may be a
// slip of, or "". Of names of two words either word may stand alone.
func suggest(word string, names []string) string {
	first, _, _ := strings.Cut(word, " ")
	return spelling.Question(names,
		func(name string) bool { return spelling.Slip(word, name) || spelling.Slip(first, name) },
		func(name string) bool { return strings.HasSuffix(name, " "+first) },
		func(name string) bool { family, _, _ := strings.Cut(name, " "); return spelling.Slip(first, family) },
		func(name string) bool { return strings.HasPrefix(name, first) })
}
