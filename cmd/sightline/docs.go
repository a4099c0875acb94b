package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sightline/sightline/docs"
)

// docsVerb prints what other texts refer to as docs/TOPIC.md.
func docsVerb() verb {
	return verb{name: "docs", group: groupSelf, args: []argument{{name: "TOPIC", optional: true, values: topicNames}},
		summary: "Print a document of this version: datasets, models, saliency, trust, slices and others",
		about: `Messages and help speak of documents as docs/TOPIC.md. All are part of the
program, as Markdown. Without a topic they are listed.`,
		examples: []string{"sightline docs", "sightline docs saliency"},
		define:   defineDocs}
}

func defineDocs(*pflag.FlagSet) action {
	return func(_ context.Context, c *call) error {
		if len(c.args) == 0 {
			return listDocs(c)
		}
		topic := strings.TrimSuffix(strings.TrimPrefix(c.args[0], "docs/"), ".md")
		if !slices.Contains(docs.Topics(), topic) {
			return usageError{fmt.Sprintf("there is no document %q: choose one of %s", c.args[0], strings.Join(docs.Topics(), ", "))}
		}
		text, err := docs.Read(topic)
		if err != nil {
			return err
		}
		if c.json {
			return c.document(map[string]string{"topic": topic, "text": text})
		}
		_, err = fmt.Fprint(c.stdout, text)
		return err
	}
}

func listDocs(c *call) error {
	type document struct {
		Topic string `json:"topic"`
		Title string `json:"title"`
	}
	var list []document
	t := newTable("topic", "title")
	for _, topic := range docs.Topics() {
		text, err := docs.Read(topic)
		if err != nil {
			return err
		}
		list = append(list, document{topic, docs.Title(text)})
		t.row(topic, docs.Title(text))
	}
	if c.json {
		return c.document(map[string]any{"documents": list})
	}
	t.write(c.stdout)
	fmt.Fprintln(c.stdout, "\n`sightline docs TOPIC` prints one.")
	return nil
}

// topicNames completes the name of a document.
func topicNames(*call, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return docs.Topics(), cobra.ShellCompDirectiveNoFileComp
}
