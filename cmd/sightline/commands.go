package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// commands builds the tree of commands that cobra parses and completes.
func commands(c *call, list []verb) *cobra.Command {
	root := &cobra.Command{Use: "sightline", SilenceErrors: true, SilenceUsage: true, Args: cobra.ArbitraryArgs}
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	root.CompletionOptions.DisableDefaultCmd = true // there is a verb for it
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(c.stdout, helpOf(cmd, list)) })
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagError(cmd, err) })
	root.PersistentFlags().StringVar(&c.workspace, "workspace", ".sightline", "folder that holds everything Sightline stores (`DIR`)")
	root.PersistentFlags().BoolVar(&c.json, "json", false, "write one JSON document to standard output, progress to standard error")
	root.RunE = c.unknown(list)
	root.SetHelpCommand(helpCommand(list))
	for _, v := range list {
		parent := root
		if first, _, two := strings.Cut(v.name, " "); two {
			parent = c.family(root, first, list)
		}
		parent.AddCommand(c.command(v))
	}
	return root
}

// command makes a verb's command.
func (c *call) command(v verb) *cobra.Command {
	words := strings.Fields(v.name)
	cmd := &cobra.Command{Use: words[len(words)-1], Short: v.summary, Hidden: v.group == "", DisableFlagsInUseLine: true}
	do := v.define(cmd.Flags())
	cmd.Flags().BoolP("help", "h", false, "print this help")
	cmd.Args = func(_ *cobra.Command, args []string) error { return v.check(args) }
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		c.args = args
		return withSignals(func(ctx context.Context) error { return do(ctx, c) })
	}
	c.complete(cmd, v)
	return cmd
}

// family returns the command above those of two words, such as `model`.
func (c *call) family(root *cobra.Command, name string, list []verb) *cobra.Command {
	for _, cmd := range root.Commands() {
		if cmd.Name() == name {
			return cmd
		}
	}
	cmd := &cobra.Command{Use: name, Short: familyHelp(name, list), Args: cobra.ArbitraryArgs, RunE: c.unknown(list)}
	root.AddCommand(cmd)
	return cmd
}

// check refuses too few and too many arguments, and says which.
func (v verb) check(args []string) error {
	var missing []string
	for i, a := range v.args {
		if i >= len(args) && !a.optional {
			missing = append(missing, a.describe())
		}
	}
	if missing != nil {
		return usageError{"missing " + strings.Join(missing, " and ")}
	}
	if len(args) > len(v.args) {
		return usageError{fmt.Sprintf("unexpected argument %q", args[len(v.args)])}
	}
	return nil
}

func (a argument) describe() string {
	if a.is == "" {
		return a.name
	}
	return a.name + ", " + a.is
}

// unknown is what a command does that is no verb: it prints help where nothing
// follows `sightline`, and else says what could have been meant.
func (c *call) unknown(list []verb) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if !cmd.HasParent() && len(args) == 0 {
			return cmd.Help()
		}
		return usageError{unknownVerb(cmd, args, list)}
	}
}

func unknownVerb(cmd *cobra.Command, args []string, list []verb) string {
	family := ""
	if cmd.HasParent() {
		family = cmd.Name() + " "
	}
	var names []string
	for _, v := range list {
		if rest, ok := strings.CutPrefix(v.name, family); ok && v.group != "" {
			names = append(names, rest)
		}
	}
	if len(args) == 0 {
		return family + "needs one of: " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("there is no command %q%s", family+args[0], suggest(strings.Join(args[:min(2, len(args))], " "), names))
}

// helpCommand is `sightline help VERB`.
func helpCommand(list []verb) *cobra.Command {
	return &cobra.Command{
		Use: "help", Short: "Tell all of a command", Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 && found == cmd.Root() || len(rest) > 0 && found.HasSubCommands() {
				return errors.Join(err, usageError{unknownVerb(found, rest, list)})
			}
			return found.Help()
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			found, _, _ := cmd.Root().Find(args)
			var names []cobra.Completion
			for _, sub := range found.Commands() {
				if sub.IsAvailableCommand() {
					names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}
