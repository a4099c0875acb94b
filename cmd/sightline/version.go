package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/sightline/sightline/server"
)

func versionVerb() verb {
	return verb{name: "version", summary: "Print the versions of Sightline, ONNX Runtime and DuckDB", define: func(*flag.FlagSet) action {
		return func(ctx context.Context, c *call) error {
			if err := c.want(); err != nil {
				return err
			}
			onnxRuntime, duckDB, err := server.Versions(ctx)
			if err != nil {
				return err
			}
			if c.json {
				return c.document(map[string]string{"sightline": version, "onnxruntime": onnxRuntime, "duckdb": duckDB})
			}
			fmt.Fprintf(c.stdout, "sightline %s\nONNX Runtime %s\nDuckDB %s\n", version, onnxRuntime, duckDB)
			return nil
		}
	}}
}
