package server

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/sightline/sightline/export"
	"github.com/sightline/sightline/internal/parquet"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/server/route"
	"github.com/sightline/sightline/slice"
)

// predictionsQuery asks for all predictions as a file.
type predictionsQuery struct {
	route.EvaluationPath
	Format string `query:"format" enum:"csv,parquet,json" default:"csv" doc:"The file's format"`
}

var predictionTypes = map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json", "parquet": "application/vnd.apache.parquet"}

// predictions sends a row per sample: path, label, predicted, confidence,
// split, and the score of every class.
func (b *backend) predictions(ctx context.Context, in *predictionsQuery) (http.HandlerFunc, error) {
	e, err := b.store.Results.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return nil, err
	}
	write := map[string]func(context.Context, *results.Evaluation, io.Writer) error{
		"csv": b.writeCSV, "json": b.writeJSON, "parquet": b.writeParquet,
	}[in.Format]
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", predictionTypes[in.Format])
		w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", e.ID+"."+in.Format))
		if err := write(r.Context(), e, w); err != nil {
			panic(http.ErrAbortHandler) // the status is sent: a broken connection is all that tells the client
		}
	}, nil
}

// fixedColumns come before the scores.
var fixedColumns = []string{"path", "label", "predicted", "confidence", "split"}

func (b *backend) writeCSV(ctx context.Context, e *results.Evaluation, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(append(slices.Clone(fixedColumns), export.ScoreColumns(e.Classes)...)); err != nil {
		return err
	}
	row := make([]string, 0, len(fixedColumns)+len(e.Classes))
	err := b.store.Results.EachPrediction(ctx, e.ID, slice.Slice{}, true, func(x results.Exported) error {
		row = append(row[:0], x.Path, x.Label, e.Classes[x.Predicted], export.Number(x.Confidence), x.Split)
		for _, score := range x.Scores {
			row = append(row, export.Number(score))
		}
		return out.Write(row)
	})
	out.Flush()
	if err != nil {
		return err
	}
	return out.Error()
}

// jsonPrediction is an element of the JSON file.
type jsonPrediction struct {
	Path       string    `json:"path"`
	Label      string    `json:"label"`
	Predicted  string    `json:"predicted"`
	Confidence float32   `json:"confidence"`
	Split      string    `json:"split"`
	Scores     []float32 `json:"scores"`
}

func (b *backend) writeJSON(ctx context.Context, e *results.Evaluation, w io.Writer) error {
	classes, err := json.Marshal(e.Classes)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "{\"evaluation\": %q, \"classes\": %s, \"predictions\": [", e.ID, classes)
	separator := "\n"
	err = b.store.Results.EachPrediction(ctx, e.ID, slice.Slice{}, true, func(x results.Exported) error {
		row, err := json.Marshal(jsonPrediction{x.Path, x.Label, e.Classes[x.Predicted], x.Confidence, x.Split, x.Scores})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s%s", separator, row)
		separator = ",\n"
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprint(out, "\n]}\n")
	return out.Flush()
}

// writeParquet writes the file into the workspace and sends it from there.
func (b *backend) writeParquet(ctx context.Context, e *results.Evaluation, w io.Writer) error {
	dir, err := os.MkdirTemp(b.store.Workspace.Path("tmp"), "export-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "predictions.parquet")
	if err := b.parquetFile(ctx, e, path); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

func (b *backend) parquetFile(ctx context.Context, e *results.Evaluation, path string) error {
	row := make([]parquet.Value, 0, len(fixedColumns)+len(e.Classes))
	return parquet.Write(ctx, path, parquetColumns(e.Classes), func(add func(...parquet.Value) error) error {
		return b.store.Results.EachPrediction(ctx, e.ID, slice.Slice{}, true, func(x results.Exported) error {
			row = append(row[:0], x.Path, textOrNull(x.Label), e.Classes[x.Predicted], x.Confidence, textOrNull(x.Split))
			for _, score := range x.Scores {
				row = append(row, score)
			}
			return add(row...)
		})
	})
}

// textOrNull is NULL for nothing.
func textOrNull(text string) parquet.Value {
	if text == "" {
		return nil
	}
	return text
}

func parquetColumns(classes []string) []parquet.Column {
	columns := []parquet.Column{{Name: "path", Type: "VARCHAR"}, {Name: "label", Type: "VARCHAR"}, {Name: "predicted", Type: "VARCHAR"},
		{Name: "confidence", Type: "FLOAT"}, {Name: "split", Type: "VARCHAR"}}
	for _, name := range export.ScoreColumns(classes) {
		columns = append(columns, parquet.Column{Name: name, Type: "FLOAT"})
	}
	return columns
}
