package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/catalog"
	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/imaging/drawing"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/front"
	"github.com/sightline/sightline/slice"
)

// values gives what may stand at a place of a command line that is being typed, after
// the arguments args; word is what is there already.
type values func(c *call, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective)

// complete tells the shell what may follow a verb and its flags.
func (c *call) complete(cmd *cobra.Command, v verb) {
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		switch {
		case len(args) >= len(v.args):
			return nil, cobra.ShellCompDirectiveNoFileComp
		case v.args[len(args)].values == nil:
			return nil, cobra.ShellCompDirectiveDefault
		}
		return v.args[len(args)].values(c, args, word)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		offer, ok := flagValues()[f.Name]
		if !ok {
			return
		}
		_ = cmd.RegisterFlagCompletionFunc(f.Name, func(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return offer(c, args, word)
		}) // fails for a flag that is not there or registered twice: neither can be
	})
}

// flagValues completes flags by their names, which mean the same to every verb. Where
// one is not named, files are offered.
func flagValues() map[string]values {
	words := func(list ...string) values {
		return func(*call, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return list, cobra.ShellCompDirectiveNoFileComp
		}
	}
	none := words()
	return map[string]values{
		"name": none, "model-name": none, "split": none, "seed": none, "limit": none, "memory": none, "database-memory": none,
		"workers": none, "listen": none, "token": none, "layer": none, "output": none, "action": none,
		"slice": criteria, "label": classNames, "predicted": classNames, "target": targetWords, "method": methodNames, "option": optionNames,
		"colours": words(drawing.ColourMaps()...), "preprocessing": presets,
	}
}

// patience is how long somebody who pressed Tab waits for names.
const patience = 230 * time.Millisecond

// names asks the workspace's server, or else reads the folder. It starts and makes
// nothing, and knows nothing where that takes too long.
func (c *call) names() api.Names {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, n, ok := c.ask(ctx); ok {
		return n
	}
	found := make(chan catalog.Names, 1)
	go func() { // opening a database does not end when the context does
		n, _ := catalog.ReadNames(ctx, c.workspace)
		found <- n
	}()
	select {
	case n := <-found:
		return fromFolder(n)
	case <-ctx.Done():
		return api.Names{}
	}
}

// ask asks the server of the workspace for its names, if one runs.
func (c *call) ask(ctx context.Context) (*client.Client, api.Names, bool) {
	address, ok := front.Discover(c.workspace)
	if !ok {
		return nil, api.Names{}, false
	}
	s := client.New(address.URL, address.Token)
	n, err := s.Names(ctx)
	return s, n, err == nil && sameFolder(n.Workspace, c.workspace) // else left behind by one that was killed
}

func fromFolder(n catalog.Names) api.Names {
	names := api.Names{Datasets: n.Datasets}
	for _, m := range n.Models {
		names.Models = append(names.Models, api.ModelNames(m))
	}
	return names
}

func datasetNames(c *call, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return c.names().Datasets, cobra.ShellCompDirectiveNoFileComp
}

func modelNames(c *call, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list []string
	for _, m := range c.names().Models {
		list = append(list, m.Name)
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// evaluationNames are those that a dataset and a model can have.
func evaluationNames(c *call, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	n := c.names()
	var list []string
	for _, d := range n.Datasets {
		for _, m := range n.Models {
			list = append(list, d+"~"+m.Name)
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// classNames are those of the model among the arguments, DATASET MODEL, or of all.
func classNames(c *call, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list []string
	for _, m := range c.names().Models {
		if len(args) < 2 || m.Name == args[1] {
			list = append(list, m.Classes...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list), cobra.ShellCompDirectiveNoFileComp
}

func targetWords(c *call, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	list, how := classNames(c, args, word)
	return append([]string{"predicted", "true", "contrast"}, list...), how
}

// methodNames completes the last of several, which commas separate.
func methodNames(_ *call, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	before := word[:strings.LastIndex(word, ",")+1]
	var list []cobra.Completion
	for _, m := range methods.All() {
		list = append(list, cobra.CompletionWithDesc(before+m.Card().Name, m.Card().Title))
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// optionNames are the settings of all methods, by their names.
func optionNames(*call, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var list []cobra.Completion
	for _, m := range methods.All() {
		for _, o := range m.Card().Options {
			list = append(list, m.Card().Name+"."+o.Name+"=", o.Name+"=")
		}
	}
	slices.Sort(list)
	return slices.Compact(list), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// criteria completes the last condition of a slice: the criterion, then the classes or the saved
// slices that one of them asks for.
func criteria(c *call, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	before := word[:strings.LastIndex(word, "&")+1]
	var list []cobra.Completion
	if strings.HasPrefix(word, before+"saved=") {
		for _, one := range c.savedSlices(args) {
			list = append(list, cobra.CompletionWithDesc(before+one.Text, one.Sentence))
		}
		return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	for _, f := range slice.Samples {
		if f.Kind != slice.Classes || !strings.HasPrefix(word, before+f.Name+"=") {
			list = append(list, cobra.CompletionWithDesc(before+f.Name+"=", f.Doc))
			continue
		}
		names, _ := classNames(c, args, word)
		for _, name := range names {
			list = append(list, before+slice.Equal(f.Name, slice.Named(name)).String())
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// jobIDs are those that the workspace's server knows of, if one runs.
func jobIDs(c *call, _ []string, _ string) (list []cobra.Completion, _ cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if s, _, ok := c.ask(ctx); ok {
		jobs, _ := s.Jobs(ctx)
		for _, j := range jobs {
			list = append(list, cobra.CompletionWithDesc(j.ID, string(j.State)+": "+j.Title))
		}
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

func folders(*call, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// presets are the words that --preprocessing takes besides files.
func presets(*call, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return imaging.Presets(), cobra.ShellCompDirectiveDefault
}
