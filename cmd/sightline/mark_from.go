package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/server/api"
)

// markLine is what a file says of one image.
type markLine struct {
	Path     string   `json:"path"`
	File     string   `json:"file_name"` // as imagefolder calls it
	Hash     string   `json:"hash"`
	Label    string   `json:"label"`
	Proposed string   `json:"proposed_label"`
	Note     string   `json:"note"`
	Excluded bool     `json:"excluded"`
	Tags     []string `json:"tags"`
}

// mostTags is how many tags a row may have.
const mostTags = 100

// mostMarks is how many bytes a file of marks may have.
const mostMarks = 256 << 20

// readMarks reads JSON lines, or CSV with a row of names. What it does not know it passes over.
func readMarks(path string) ([]markLine, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > mostMarks {
		return nil, fmt.Errorf("%s is no file of at most %d MB: name a CSV or JSON lines", path, mostMarks>>20)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	read := marksFromCSV
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		read = marksFromLines
	}
	list, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for i, l := range list {
		if list[i].Path == "" {
			list[i].Path = l.File
		}
		if list[i].Path == "" && l.Hash == "" {
			return nil, fmt.Errorf("%s: row %d names no image: it needs a path or a hash", path, i+1)
		}
		if n := len(l.Tags); n > mostTags {
			return nil, fmt.Errorf("%s: row %d has %d tags, at most %d may be", path, i+1, n, mostTags)
		}
	}
	return list, nil
}

func marksFromLines(data []byte) (list []markLine, err error) {
	for d := json.NewDecoder(bytes.NewReader(data)); ; {
		var l markLine
		if err := d.Decode(&l); err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, fmt.Errorf("line of JSON %d: %w", len(list)+1, err)
		}
		list = append(list, l)
	}
}

func marksFromCSV(data []byte) (list []markLine, err error) {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 || !slices.ContainsFunc(rows[0], func(name string) bool { return name == "path" || name == "hash" || name == "file_name" }) {
		return nil, fmt.Errorf("its first row has no column path or hash")
	}
	for n, row := range rows[1:] {
		var l markLine
		fields := map[string]*string{"path": &l.Path, "file_name": &l.File, "hash": &l.Hash, "label": &l.Label, "proposed_label": &l.Proposed, "note": &l.Note}
		for i, name := range rows[0] {
			cell := row[i]
			if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@\t\r", rune(cell[1])) {
				cell = cell[1:] // as export writes it, so that no spreadsheet takes it for a formula
			}
			switch {
			case fields[name] != nil:
				*fields[name] = cell
			case name == "tags" && cell != "":
				l.Tags = strings.Split(cell, ";")
			case name == "excluded" && cell != "":
				if l.Excluded, err = strconv.ParseBool(cell); err != nil {
					return nil, fmt.Errorf("row %d: excluded is %q: must be true or false", n+1, cell)
				}
			}
		}
		list = append(list, l)
	}
	return list, nil
}

// asked is a mark and the samples that are to have it.
type asked struct {
	kind, value string
	samples     []int64
}

// matched is what a file says, by mark, and what of it fits no sample.
type matched struct {
	marks   []asked
	images  int
	unknown []string // what fits nothing
	changed []string
	alike   []string
}

// place finds the samples of the lines. A label that is not the dataset's is one that is proposed.
func (s *session) place(ctx context.Context, dataset string, list []markLine) (matched, error) {
	var p matched
	at := map[[2]string]int{}
	add := func(kind, value string, sample int64) {
		key := [2]string{kind, value}
		if _, ok := at[key]; !ok {
			at[key] = len(p.marks)
			p.marks = append(p.marks, asked{kind: kind, value: value})
		}
		m := &p.marks[at[key]]
		m.samples = append(m.samples, sample)
	}
	for batch := range slices.Chunk(list, 50_000) {
		files := make([]api.FileName, len(batch))
		for i, l := range batch {
			files[i] = api.FileName{Path: l.Path, Hash: l.Hash}
		}
		found, err := s.Locate(ctx, dataset, files)
		if err != nil {
			return p, err
		}
		for i, l := range batch {
			if p.misses(l, found[i]) {
				continue
			}
			p.images++
			l.each(found[i], add)
		}
	}
	return p, nil
}

// misses notes a line that fits no sample, or several.
func (p *matched) misses(l markLine, found api.Located) bool {
	name := l.Path
	if name == "" {
		name = l.Hash
	}
	switch {
	case found.Sample != 0:
		return false
	case found.Changed:
		p.changed = append(p.changed, name)
	case len(found.Alike) > 0:
		p.alike = append(p.alike, name+": "+strings.Join(found.Alike, ", "))
	default:
		p.unknown = append(p.unknown, name)
	}
	return true
}

// each calls add with what a line says of its sample.
func (l markLine) each(found api.Located, add func(kind, value string, sample int64)) {
	for _, tag := range l.Tags {
		add("tag", tag, found.Sample)
	}
	proposed := l.Proposed
	if proposed == "" && l.Label != found.Label {
		proposed = l.Label
	}
	if proposed != "" {
		add("label", proposed, found.Sample)
	}
	if l.Note != "" {
		add("note", l.Note, found.Sample)
	}
	if l.Excluded {
		add("exclude", "", found.Sample)
	}
}

// markFrom sets the marks that a file has.
func (s *session) markFrom(ctx context.Context, list []markLine) error {
	e, err := s.findEvaluation(ctx, s.call.args[0], s.call.args[1])
	if err != nil {
		return err
	}
	p, err := s.place(ctx, e.Dataset, list)
	if err != nil {
		return err
	}
	actions := []api.MarkAction{}
	for _, m := range p.marks {
		for samples := range slices.Chunk(m.samples, 100_000) {
			done, err := s.Mark(ctx, e.ID, api.MarkRequest{Kind: m.kind, Value: m.value, Samples: samples, Author: author()})
			if err != nil && len(actions) > 0 {
				return fmt.Errorf("%w. What was set before that stays (%s): mend the file and run it again", err, plural(len(actions), "mark"))
			}
			if err != nil {
				return err
			}
			actions = append(actions, done)
		}
	}
	if s.call.json {
		return s.call.document(map[string]any{"actions": actions, "images": p.images, "unknown": p.unknown, "changed": p.changed, "alike": p.alike})
	}
	for _, done := range actions {
		s.sayMarked(done)
	}
	fmt.Fprintf(s.call.stdout, "%s of %s found\n", plural(p.images, "image"), plural(len(list), "row"))
	s.sayMissed("fit no image of the dataset", p.unknown)
	s.sayMissed("have another file now: nothing was marked", p.changed)
	s.sayMissed("have the hash of several images: give their path", p.alike)
	return nil
}

// sayMissed lists the first rows that were left out.
func (s *session) sayMissed(why string, list []string) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(s.call.stdout, "%s %s\n", plural(len(list), "row"), why)
	for _, name := range list[:min(10, len(list))] {
		fmt.Fprintf(s.call.stdout, "  %s\n", name)
	}
	if len(list) > 10 {
		fmt.Fprintf(s.call.stdout, "  … and %d more; --json lists all\n", len(list)-10)
	}
}
