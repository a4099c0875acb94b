package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline"
	"github.com/sightline/sightline/server"
)

// build tells one build of this program from another: a worker of another one could give other
// results.
func build() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	text := version
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12:
			text += "+" + s.Value[:12]
		case s.Key == "vcs.modified" && s.Value == "true":
			text += "+modified"
		}
	}
	return text
}

func versionVerb() verb {
	return verb{name: "version", group: groupSelf,
		summary:  "Print the versions of Sightline, ONNX Runtime and DuckDB",
		examples: []string{"sightline version", "sightline version --licences"},
		define:   defineVersion}
}

func defineVersion(flags *pflag.FlagSet) action {
	licences := flags.Bool("licences", false, "print the licences of everything in this binary")
	return func(ctx context.Context, c *call) error {
		if *licences {
			_, err := fmt.Fprint(c.stdout, sightline.Notices)
			return err
		}
		onnxRuntime, duckDB, err := server.Versions()
		if err != nil {
			return err
		}
		if c.json {
			return c.document(map[string]string{"sightline": version, "onnxruntime": onnxRuntime, "duckdb": duckDB})
		}
		fmt.Fprintf(c.stdout, "sightline %s\nONNX Runtime %s\nDuckDB %s\n", version, onnxRuntime, duckDB)
		return nil
	}
}
