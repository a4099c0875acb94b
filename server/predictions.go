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
	"strconv"
	"strings"

	"github.com/sightline/sightline/workspace"
)

// predictionsQuery asks for all predictions as a file.
type predictionsQuery struct {
	EvaluationPath
	Format string `query:"format" enum:"csv,parquet,json" default:"csv" doc:"The file's format"`
}

var predictionTypes = map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json", "parquet": "application/vnd.apache.parquet"}

// predictions sends a row per sample: path, label, predicted, confidence,
// split, and the score of every class.
func (b *backend) predictions(ctx context.Context, in *predictionsQuery) (http.HandlerFunc, error) {
	e, err := b.ws.Evaluation(ctx, in.Evaluation)
	if err != nil {
		return nil, err
	}
	write := map[string]func(context.Context, *workspace.Evaluation, io.Writer) error{
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

// columnNames are the class names, or score_0, score_1, … for all of them if
// the names alone could not tell the columns apart.
func columnNames(classes []string) []string {
	seen := map[string]bool{}
	for _, name := range append(slices.Clone(fixedColumns), classes...) {
		plain := strings.ToLower(name) // columns of a Parquet file differ by more than case
		if name == "" || seen[plain] {
			return numberedColumns(len(classes))
		}
		seen[plain] = true
	}
	return classes
}

func numberedColumns(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = "score_" + strconv.Itoa(i)
	}
	return names
}

// float writes a float32 with the fewest digits that give it back.
func float(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }

func (b *backend) writeCSV(ctx context.Context, e *workspace.Evaluation, w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(append(slices.Clone(fixedColumns), columnNames(e.Classes)...)); err != nil {
		return err
	}
	row := make([]string, 0, len(fixedColumns)+len(e.Classes))
	err := b.ws.EachPrediction(ctx, e.ID, func(x workspace.Exported) error {
		row = append(row[:0], x.Path, x.Label, e.Classes[x.Predicted], float(x.Confidence), x.Split)
		for _, score := range x.Scores {
			row = append(row, float(score))
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

func (b *backend) writeJSON(ctx context.Context, e *workspace.Evaluation, w io.Writer) error {
	classes, err := json.Marshal(e.Classes)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "{\"evaluation\": %q, \"classes\": %s, \"predictions\": [", e.ID, classes)
	separator := "\n"
	err = b.ws.EachPrediction(ctx, e.ID, func(x workspace.Exported) error {
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

// writeParquet lets DuckDB turn the CSV into Parquet, by way of two files in
// the workspace.
func (b *backend) writeParquet(ctx context.Context, e *workspace.Evaluation, w io.Writer) error {
	dir, err := os.MkdirTemp(filepath.Join(b.ws.Dir(), "tmp"), "export-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	table, parquet := filepath.Join(dir, "table.csv"), filepath.Join(dir, "table.parquet")
	if err := b.writeCSVFile(ctx, e, table); err != nil {
		return err
	}
	query := fmt.Sprintf("COPY (SELECT * FROM read_csv(%s, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', columns = {%s})) TO %s (FORMAT parquet)",
		quoted(table), columnTypes(e.Classes), quoted(parquet))
	if _, err := b.ws.DB().ExecContext(ctx, query); err != nil {
		return fmt.Errorf("writing Parquet: %w", err)
	}
	file, err := os.Open(parquet)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

func (b *backend) writeCSVFile(ctx context.Context, e *workspace.Evaluation, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := b.writeCSV(ctx, e, file); err != nil {
		return err
	}
	return file.Close()
}

// columnTypes declares the columns of the CSV to DuckDB.
func columnTypes(classes []string) string {
	types := []string{"'path': 'VARCHAR'", "'label': 'VARCHAR'", "'predicted': 'VARCHAR'", "'confidence': 'FLOAT'", "'split': 'VARCHAR'"}
	for _, name := range columnNames(classes) {
		types = append(types, quoted(name)+": 'FLOAT'")
	}
	return strings.Join(types, ", ")
}

// quoted is text as an SQL literal.
func quoted(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
