package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The groups in which help lists the verbs, in this order.
const (
	groupBegin  = "Begin"
	groupData   = "Images and models"
	groupResult = "Figures and maps"
	groupFiles  = "Files alone, without a workspace"
	groupServe  = "Serving and jobs"
	groupSelf   = "Sightline itself"
)

func groups() []string {
	return []string{groupBegin, groupData, groupResult, groupServe, groupFiles, groupSelf}
}

// what Sightline is, for help and manual.
const intro = `Sightline tells where an image classifier is wrong, and why. It runs an ONNX
classifier on labelled images, measures it, and serves a web interface in
which every number leads to its images and every image to a map of what made
the model decide. Nothing leaves the machine.`

// common is what holds for every verb.
const common = `A command talks to the server of its workspace if one runs, else to one of
its own that lasts as long as the command. So commands work beside an open
web interface, and show up in it. Flags may stand before the command, before
its arguments or after them. With --json a failure is a document too:
{"error": "…"}.`

// helpOf is what --help prints of a command.
func helpOf(cmd *cobra.Command, list []verb) string {
	if !cmd.HasParent() {
		return rootHelp(cmd, list)
	}
	name := strings.TrimPrefix(cmd.CommandPath(), "sightline ")
	for _, v := range list {
		if v.name == name {
			return v.help(cmd)
		}
	}
	return familyHelp(name, list)
}

func rootHelp(root *cobra.Command, list []verb) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\nUsage: sightline COMMAND [arguments] [flags]\n", intro)
	for _, group := range groups() {
		fmt.Fprintf(&b, "\n%s:\n", group)
		for _, v := range list {
			if v.group == group {
				fmt.Fprintf(&b, "  %-13s %s\n", v.name, v.summary)
			}
		}
	}
	fmt.Fprintf(&b, "\nFlags of every command:\n%s\n%s\n", flagHelp(root.PersistentFlags()), common)
	b.WriteString("\n`sightline help COMMAND` tells more, with examples; `sightline docs` has all documents.\n")
	return b.String()
}

// familyHelp lists the verbs of two words that begin with one; "" where there are none.
func familyHelp(name string, list []verb) string {
	var b strings.Builder
	for _, v := range list {
		if strings.HasPrefix(v.name, name+" ") {
			fmt.Fprintf(&b, "  %-13s %s\n", v.name, v.summary)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return fmt.Sprintf("Usage: sightline %s COMMAND [arguments] [flags]\n\nCommands:\n%s\n`sightline help %s COMMAND` tells more, with examples.\n", name, b.String(), name)
}

// help is all that is to be known of a verb.
func (v verb) help(cmd *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n\nUsage: sightline %s\n", v.summary, v.usage())
	if v.about != "" {
		fmt.Fprintf(&b, "\n%s\n", v.about)
	}
	if len(v.examples) > 0 {
		fmt.Fprintf(&b, "\nExamples:\n  %s\n", strings.Join(v.examples, "\n  "))
	}
	if own := flagHelp(cmd.NonInheritedFlags()); own != "" {
		fmt.Fprintf(&b, "\nFlags:\n%s", own)
	}
	fmt.Fprintf(&b, "\nFlags of every command:\n%s", flagHelp(cmd.InheritedFlags()))
	fmt.Fprintf(&b, "\nExit status:\n%s", v.exitHelp())
	return b.String()
}

// usage is the verb with its arguments, as one types them.
func (v verb) usage() string {
	parts := []string{v.name}
	for _, a := range v.args {
		if a.optional {
			parts = append(parts, "["+a.name+"]")
		} else {
			parts = append(parts, a.name)
		}
	}
	if v.needs != "" {
		parts = append(parts, v.needs)
	}
	return strings.Join(append(parts, "[flags]"), " ")
}

func (v verb) exitHelp() string {
	done, interrupted := "done", "interrupted by Ctrl-C or SIGTERM"
	if v.serves {
		done, interrupted = "stopped by Ctrl-C or SIGTERM while it served", "interrupted before it served"
	}
	list := []exit{
		{0, done},
		{exitFailed, "failed; the message says why, and what to do"},
		{exitUsage, "a mistake in the command line"},
		{exitInterrupted, interrupted},
	}
	for _, own := range v.exits {
		list = slices.DeleteFunc(list, func(e exit) bool { return e.code == own.code })
	}
	list = append(list, v.exits...)
	slices.SortFunc(list, func(a, b exit) int { return a.code - b.code })
	var b strings.Builder
	for _, line := range list {
		fmt.Fprintf(&b, "  %-4d %s\n", line.code, line.meaning)
	}
	return b.String()
}

// Columns of the list of flags.
const (
	flagColumn = 28
	helpWidth  = 100
)

// flagHelp lists flags with their texts, broken into lines.
func flagHelp(flags *pflag.FlagSet) string {
	var b strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		kind, text := pflag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			text += " (default " + f.DefValue + ")"
		}
		name := strings.TrimSpace("--" + f.Name + " " + kind)
		text = strings.ReplaceAll(wrap(text, helpWidth-flagColumn), "\n", "\n"+strings.Repeat(" ", flagColumn))
		if len(name) > flagColumn-4 {
			name += "\n" + strings.Repeat(" ", flagColumn)
		}
		fmt.Fprintf(&b, "  %-*s%s\n", flagColumn-2, name, text)
	})
	return b.String()
}
