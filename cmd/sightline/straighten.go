package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// straighten brings a command line into the one form that the parser takes: long
// flags with two dashes, and the verb before its flags. What follows -- stays.
func straighten(root *cobra.Command, args []string) []string {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return args // what a shell asks while a line is typed
	}
	flags := allFlags(root, map[string]*pflag.Flag{})
	line := make([]string, len(args))
	verb, value := -1, false // the first argument; whether a flag's value comes next
	for i, arg := range args {
		line[i] = arg
		if arg == "--" {
			copy(line[i:], args[i:])
			break
		}
		flag := flags[flagName(arg)]
		switch {
		case value:
			value = false
		case flag != nil:
			line[i] = "--" + strings.TrimLeft(arg, "-")
			value = flag.NoOptDefVal == "" && !strings.Contains(arg, "=")
		case verb < 0 && !strings.HasPrefix(arg, "-"):
			verb = i
		}
	}
	if verb > 0 {
		copy(line[1:], line[:verb:verb])
		line[0] = args[verb]
	}
	return versionVerbOf(line)
}

// versionVerbOf lets --version stand for the verb.
func versionVerbOf(line []string) []string {
	if len(line) > 0 && (line[0] == "--version" || line[0] == "-version") {
		line[0] = "version"
	}
	return line
}

// flagName is the name in --name, -name or --name=value; "" where there is none.
func flagName(arg string) string {
	name, _, _ := strings.Cut(arg, "=")
	if !strings.HasPrefix(name, "-") || len(name) < 3 {
		return ""
	}
	return strings.TrimPrefix(strings.TrimPrefix(name, "-"), "-")
}

// allFlags collects the flags of all verbs by their names. Those of one name are of
// one kind, with or without a value: a test sees to it.
func allFlags(cmd *cobra.Command, into map[string]*pflag.Flag) map[string]*pflag.Flag {
	collect := func(f *pflag.Flag) { into[f.Name] = f }
	cmd.Flags().VisitAll(collect)
	cmd.PersistentFlags().VisitAll(collect)
	for _, sub := range cmd.Commands() {
		allFlags(sub, into)
	}
	return into
}
