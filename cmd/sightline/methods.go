package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
)

// methodsVerb needs no workspace: the methods are part of the program.
func methodsVerb() verb {
	return verb{name: "methods", group: groupFiles, args: []argument{{name: "METHOD", optional: true, values: methodNames}},
		summary:  "List the saliency methods, or describe one: what it shows, its cost, failures and settings",
		examples: []string{"sightline methods", "sightline methods gradcam"},
		define:   defineMethods}
}

func defineMethods(*pflag.FlagSet) action {
	return func(_ context.Context, c *call) error {
		if len(c.args) == 1 {
			return showMethod(c, c.args[0])
		}
		return listMethods(c)
	}
}

func listMethods(c *call) error {
	var cards []attribution.Card
	t := newTable("method", "family", "title", "cost")
	for _, m := range methods.All() {
		card := m.Card()
		cards = append(cards, card)
		t.row(card.Name, card.Family, card.Title, card.Cost)
	}
	if c.json {
		return c.document(map[string]any{"methods": cards})
	}
	t.write(c.stdout)
	fmt.Fprintln(c.stdout, "\n`sightline methods METHOD` tells what one shows, its known failures and its settings.")
	return nil
}

func showMethod(c *call, name string) error {
	m, err := methods.All().Lookup(name)
	if err != nil {
		return err
	}
	card := m.Card()
	if c.json {
		return c.document(card)
	}
	fmt.Fprintf(c.stdout, "%s (%s)\n\n%s\n\n", card.Title, card.Name, wrap(card.Description, 90))
	t := newTable("", "")
	t.row("family", card.Family)
	t.row("cost", card.Cost)
	t.row("paper", card.Paper)
	if card.ClassAgnostic {
		t.row("target", "none: the map is the same for all classes")
	}
	if card.NeedsGradient {
		t.row("needs", "a model whose graph can be differentiated")
	}
	t.writeRows(c.stdout)
	fmt.Fprintf(c.stdout, "\nKnown failures: %s\n", wrap(card.Failures, 90))
	if len(card.Options) > 0 {
		fmt.Fprintln(c.stdout)
		settings := newTable("option", "default", "meaning")
		for _, o := range card.Options {
			settings.row(o.Name, o.Default, o.Description)
		}
		settings.write(c.stdout)
	}
	return nil
}
