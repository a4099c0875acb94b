package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// shells are those that completion can be had for.
func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

func completionVerb() verb {
	return verb{name: "completion", group: groupSelf, args: []argument{{name: "SHELL", is: "one of " + strings.Join(shells(), ", "), values: shellNames}},
		summary: "Print the script that lets a shell complete sightline's commands, flags and names",
		about: `Put one of these lines where the shell reads it at its start:

  bash        source <(sightline completion bash)
  zsh         source <(sightline completion zsh)
  fish        sightline completion fish | source
  powershell  sightline completion powershell | Out-String | Invoke-Expression

Bash needs its package bash-completion. Tab then also offers the names of
datasets, models, classes and methods: those of the workspace that the line
names with --workspace, or of .sightline. It starts nothing and makes nothing.`,
		examples: []string{"sightline completion bash"},
		define:   defineCompletion}
}

func defineCompletion(*pflag.FlagSet) action {
	return func(_ context.Context, c *call) error {
		switch c.args[0] {
		case "bash":
			return c.root.GenBashCompletionV2(c.stdout, true)
		case "zsh":
			return c.root.GenZshCompletion(c.stdout)
		case "fish":
			return c.root.GenFishCompletion(c.stdout, true)
		case "powershell":
			return c.root.GenPowerShellCompletionWithDesc(c.stdout)
		}
		return usageError{fmt.Sprintf("%q is not one of %s", c.args[0], strings.Join(shells(), ", "))}
	}
}

func shellNames(*call, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return slices.Clone(shells()), cobra.ShellCompDirectiveNoFileComp
}
