package main

import (
	"context"
	"fmt"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline"
	"github.com/sightline/sightline/server"
)

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
