package export

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/internal/parquet"
)

// Columns are the columns of a table before the scores.
var Columns = []string{"path", "label", "predicted", "confidence", "split", "tags"}

// ScoreColumns are the names of the columns of scores: the class names, or score_0, score_1, …
// for all of them if the names alone could not tell the columns apart.
func ScoreColumns(classes []string) []string {
	seen := map[string]bool{}
	for _, name := range append(slices.Clone(Columns), classes...) {
		plain := strings.ToLower(name) // columns of a Parquet file differ by more than case
		if name == "" || seen[plain] {
			names := make([]string, len(classes))
			for i := range names {
				names[i] = "score_" + strconv.Itoa(i)
			}
			return names
		}
		seen[plain] = true
	}
	return classes
}

// Cell is a text that came from users as a cell of a CSV file: what a spreadsheet would take
// for a formula has an apostrophe in front, unless raw is asked for.
func Cell(text string, raw bool) string {
	if raw || text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	return "'" + text
}

func writeCSV(_ context.Context, set *Set, o Options, w io.Writer) error {
	out := csv.NewWriter(w)
	head := slices.Clone(Columns)
	if o.Scores {
		head = append(head, ScoreColumns(set.Classes)...)
	}
	for i := range head {
		head[i] = Cell(head[i], o.Raw)
	}
	if err := out.Write(head); err != nil {
		return err
	}
	row := make([]string, 0, len(head))
	err := set.Each(o.Scores, func(s *Sample) error {
		row = append(row[:0], Cell(s.Path, o.Raw), Cell(s.Label, o.Raw), Cell(s.Predicted, o.Raw), Number(s.Confidence), Cell(s.Split, o.Raw),
			Cell(strings.Join(s.Tags, ";"), o.Raw))
		for _, score := range s.Scores {
			row = append(row, Number(score))
		}
		return out.Write(row)
	})
	out.Flush()
	if err != nil {
		return err
	}
	return out.Error()
}

// line is a sample as a line of JSON.
type line struct {
	Path       string             `json:"path"`
	Label      *string            `json:"label"` // null without one
	Predicted  string             `json:"predicted"`
	Confidence float32            `json:"confidence"`
	Split      *string            `json:"split"`
	Tags       []string           `json:"tags"`
	Note       string             `json:"note,omitempty"`
	Proposed   string             `json:"proposed_label,omitempty"`
	Excluded   bool               `json:"excluded,omitempty"`
	Hash       string             `json:"hash"`
	Width      int                `json:"width"`
	Height     int                `json:"height"`
	Regions    []lineRegion       `json:"regions"`
	Scores     map[string]float32 `json:"scores,omitempty"`
}

type lineRegion struct {
	Name   string    `json:"name"`
	Kind   string    `json:"kind"` // box, polygon, mask
	Points []float64 `json:"points"`
}

func toLine(set *Set, s *Sample) line {
	l := line{Path: s.Path, Label: orNull(s.Label), Predicted: s.Predicted, Confidence: s.Confidence, Split: orNull(s.Split), Tags: s.Tags, Note: s.Note, Proposed: s.Proposed, Excluded: s.Excluded,
		Hash: s.Hash, Width: s.Width, Height: s.Height, Regions: []lineRegion{}}
	if l.Tags == nil {
		l.Tags = []string{}
	}
	for _, r := range s.Regions {
		l.Regions = append(l.Regions, lineRegion{r.Name, r.Kind, r.Points})
	}
	if s.Scores != nil {
		l.Scores = map[string]float32{}
		for i, name := range ScoreColumns(set.Classes) {
			l.Scores[name] = s.Scores[i]
		}
	}
	return l
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func writeJSONLines(_ context.Context, set *Set, o Options, w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return set.Each(o.Scores, func(s *Sample) error { return enc.Encode(toLine(set, s)) })
}

func writeParquet(ctx context.Context, set *Set, o Options, w io.Writer) error {
	dir, err := os.MkdirTemp(o.Temp, "export-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "samples.parquet")
	if err := parquet.Write(ctx, file, parquetColumns(set, o), func(add func(...parquet.Value) error) error {
		var row []parquet.Value
		return set.Each(o.Scores, func(s *Sample) error {
			tags := s.Tags
			if tags == nil {
				tags = []string{}
			}
			row = append(row[:0], s.Path, nullable(s.Label), s.Predicted, s.Confidence, nullable(s.Split), tags, s.Hash, int32(s.Width), int32(s.Height))
			for _, score := range s.Scores {
				row = append(row, score)
			}
			return add(row...)
		})
	}); err != nil {
		return err
	}
	from, err := os.Open(file)
	if err != nil {
		return err
	}
	defer from.Close()
	_, err = io.Copy(w, from)
	return err
}

func parquetColumns(set *Set, o Options) []parquet.Column {
	list := []parquet.Column{{Name: "path", Type: "VARCHAR"}, {Name: "label", Type: "VARCHAR"}, {Name: "predicted", Type: "VARCHAR"},
		{Name: "confidence", Type: "FLOAT"}, {Name: "split", Type: "VARCHAR"}, {Name: "tags", Type: "VARCHAR[]"}, {Name: "hash", Type: "VARCHAR"},
		{Name: "width", Type: "INTEGER"}, {Name: "height", Type: "INTEGER"}}
	if o.Scores {
		for _, name := range ScoreColumns(set.Classes) {
			list = append(list, parquet.Column{Name: name, Type: "FLOAT"})
		}
	}
	return list
}

func nullable(text string) parquet.Value {
	if text == "" {
		return nil
	}
	return text
}
