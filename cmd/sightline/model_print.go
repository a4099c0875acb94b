package main

import (
	"fmt"
	"strings"

	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/slice"
)

func showModel(c *call, m api.Model) error {
	if c.json {
		return c.document(m)
	}
	printModel(c, m)
	return nil
}

// printModel prints what is known of a model and where it is known from.
func printModel(c *call, m api.Model) {
	t := newTable("", "")
	t.row("file", m.Path)
	t.row("input", m.Input.Declared)
	t.row("", fmt.Sprintf("fed %s as %s, %s", inputSize(m), m.Input.DType, m.Input.Layout))
	for i, output := range m.Outputs {
		t.row([]string{"outputs", ""}[min(i, 1)], output)
	}
	t.row("scores from", fmt.Sprintf("%s (%s), %d classes", m.Output.Name, m.Activation, m.Output.Classes))
	t.row("explained", explained(m))
	t.row("embedding", embedding(m))
	t.row("batch", batch(m))
	t.row("format", fmt.Sprintf("opset %d, from %s, %.1f MB, sha256 %.12s…", m.Opset, unknown(m.Producer), float64(m.Size)/1e6, m.SHA256))
	t.row("classes", slice.ShortList(m.Classes))
	fmt.Fprintf(c.stdout, "%s\n", m.Name)
	t.writeRows(c.stdout)
	fmt.Fprintln(c.stdout)
	settings := newTable("setting", "value", "from")
	for _, s := range m.Provenance {
		settings.row(s.Name, truncate(s.Value, 60), s.Source)
	}
	settings.write(c.stdout)
	for _, warning := range m.Warnings {
		fmt.Fprintf(c.stdout, "warning: %s\n", warning)
	}
	fmt.Fprintln(c.stdout)
}

// inputSize is, for example, 224×224 RGB.
func inputSize(m api.Model) string {
	kind := map[int]string{1: "grey", 3: "RGB"}[m.Input.Channels]
	return strings.TrimSpace(fmt.Sprintf("%d×%d %s", m.Input.Width, m.Input.Height, kind))
}

func explained(m api.Model) string {
	if m.LogitTensor == "" {
		return "log-probabilities: the graph hides the logits"
	}
	return "the logits, tensor " + m.LogitTensor
}

func embedding(m api.Model) string {
	if m.EmbeddingTensor == "" {
		return "none found"
	}
	return fmt.Sprintf("%d values, tensor %s", m.EmbeddingSize, m.EmbeddingTensor)
}

func batch(m api.Model) string {
	text := string(m.Batch.Mode)
	if m.Batch.Note != "" {
		text += ": " + m.Batch.Note
	}
	return text
}

func unknown(text string) string {
	if text == "" {
		return "an unnamed producer"
	}
	return text
}
