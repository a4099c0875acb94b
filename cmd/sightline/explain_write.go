package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
)

// mapEntry is one element of index.json: the map's own description, where it is, and
// what is known of its trust.
type mapEntry struct {
	Path    string `json:"path"`    // of the image, relative to the dataset's root
	Map     string `json:"map"`     // the .npy beside index.json
	Overlay string `json:"overlay"` // the .png beside it; empty for a map that means nothing
	api.MapHeader

	Note string `json:"note,omitempty"` // how far the map falls short, and what to do

	Verdict   string   `json:"verdict,omitempty"` // green, amber or red, if the map was assessed
	Why       string   `json:"why,omitempty"`     // the verdict in words
	Insertion *float64 `json:"insertion,omitempty"`
	Deletion  *float64 `json:"deletion,omitempty"`
}

// mapWriter fetches maps and writes them with overlays, an index and a table of
// what they say of regions.
type mapWriter struct {
	*session
	*explainOptions
	evaluation api.Evaluation
	selected   string // the slice of the samples
	names      *fileNames
	entries    []mapEntry
	missing    []error
	show       *counting
}

func (s *session) writeMaps(ctx context.Context, e api.Evaluation, selected string, samples []api.Sample, o *explainOptions) error {
	w := &mapWriter{session: s, explainOptions: o, evaluation: e, selected: selected, names: newFileNames(), entries: []mapEntry{}}
	w.show = newCounting(s.call.stderr, "Write maps", len(samples))
	for page := range slices.Chunk(samples, max(1, drawnTogether/(len(o.methods)*len(o.targets)))) {
		if err := w.page(ctx, page); err != nil {
			return err
		}
	}
	w.show.clear()
	return w.conclude(ctx)
}

// drawnTogether is how many maps are asked for at once.
const drawnTogether = 1000

// writing is how many maps are written at once: files are made while the next maps come.
const writing = 4

// page writes all maps of some samples. What cannot be had is noted.
func (w *mapWriter) page(ctx context.Context, samples []api.Sample) error {
	of := make(map[int64]*mapFiles, len(samples))
	for _, s := range samples {
		of[s.ID] = &mapFiles{out: w.out, path: s.Path, base: w.names.of(s)}
	}
	var list []*mapFiles
	var files errgroup.Group
	files.SetLimit(writing)
	err := w.Drawn(ctx, w.evaluation.ID, w.drawn(samples), func(m client.DrawnMap) error {
		f := *of[m.Sample]
		f.asked, f.err = m.Asked, m.Err
		list = append(list, &f)
		if m.Err == nil {
			files.Go(func() error {
				f.err = f.write(m)
				return nil
			})
		}
		w.show.reached(m.Sample)
		return ctx.Err()
	})
	_ = files.Wait() // each map has its own error
	w.note(list)
	if err != nil && ctx.Err() == nil {
		w.missing = append(w.missing, fmt.Errorf("%s of %s, from %s on: %w", plural(len(samples), "sample"), w.evaluation.Dataset, samples[0].Path, err))
	}
	return ctx.Err()
}

// note takes maps into the index, in the order in which they came.
func (w *mapWriter) note(list []*mapFiles) {
	for _, f := range list {
		if f.err != nil {
			w.missing = append(w.missing, fmt.Errorf("%s, %s, %s: %w", f.path, f.asked.Method, f.asked.Target, f.err))
		} else {
			w.entries = append(w.entries, f.entry)
		}
	}
}

// mapFiles is one map on its way into files.
type mapFiles struct {
	out   string // the folder
	path  string // of the image
	base  string // with which names of files begin
	asked client.MapQuery
	entry mapEntry
	err   error
}

// write writes the files of a map, and what the index says of it.
func (f *mapFiles) write(m client.DrawnMap) error {
	f.entry = mapEntry{Path: f.path, MapHeader: m.MapHeader, Note: shortfall(m.MapMeta)}
	if t := m.Trust; t != nil {
		f.entry.Verdict, f.entry.Why, f.entry.Insertion, f.entry.Deletion = t.Verdict, t.Reason, t.Insertion, t.Deletion
	}
	base := f.base + "." + f.asked.Method + "." + strings.ReplaceAll(f.asked.Target, ":", "-")
	f.entry.Map = base + ".npy"
	if err := writeBytes(filepath.Join(f.out, f.entry.Map), m.NPY); err != nil || m.PNG == nil {
		return err
	}
	f.entry.Overlay = base + ".png"
	return writeBytes(filepath.Join(f.out, f.entry.Overlay), m.PNG)
}

// sharesOf asks for what the maps that were written say of regions.
func (w *mapWriter) sharesOf() client.ShareQuery {
	return client.ShareQuery{Slice: w.selected, Sort: "path", Methods: w.explainOptions.methods, Targets: w.targets, Seed: w.seed, Options: w.options, Limit: w.limit, Trust: w.trust}
}

// conclude writes index and table, and prints what the maps say.
func (w *mapWriter) conclude(ctx context.Context) error {
	found, err := w.writeTables(ctx)
	if err != nil {
		return err
	}
	if w.call.json {
		if err := w.call.document(w.entries); err != nil {
			return err
		}
	} else {
		w.print(found.Summaries)
	}
	if len(w.entries) == 0 {
		return fmt.Errorf("no map could be made: %w", errors.Join(w.missing...))
	}
	for _, err := range w.missing {
		fmt.Fprintf(w.call.stderr, "no map of %v\n", err)
	}
	return nil
}

// writeTables writes what is known of all maps together, side by side.
func (w *mapWriter) writeTables(ctx context.Context) (found api.ShareList, err error) {
	table := func() error {
		return writeFile(filepath.Join(w.out, "regions.parquet"), func(f *os.File) error { return w.ShareTable(ctx, w.evaluation.ID, w.sharesOf(), f) })
	}
	var all errgroup.Group
	all.Go(func() error { return writeJSON(filepath.Join(w.out, "index.json"), w.entries) })
	all.Go(func() (err error) {
		if found, err = w.shares(ctx, w.evaluation.ID, w.sharesOf()); err != nil {
			return err
		}
		return writeJSON(filepath.Join(w.out, "summary.json"), map[string]any{"summary": found.Summaries})
	})
	var early error
	all.Go(func() error {
		early = table()
		return nil
	})
	if err := all.Wait(); err != nil || early == nil {
		return found, err
	}
	return found, table() // some maps were not measured yet
}

func (w *mapWriter) print(summary []api.ShareSummary) {
	if len(w.entries) == 0 {
		return
	}
	w.printMaps()
	printSummary(w.call.stdout, summary)
	drawn := " with overlays"
	if w.noOverlays {
		drawn = ""
	}
	fmt.Fprintf(w.call.stdout, "\n%s%s in %s; index.json lists them, regions.parquet has every region's share\n", plural(len(w.entries), "map"), drawn, w.out)
}

// printedMaps is how many maps are listed one by one; more are in index.json.
const printedMaps = 100

func (w *mapWriter) printMaps() {
	t := newTable("image", "explained", "\tscore", "\tseconds", "verdict", "map")
	for _, e := range w.entries[:min(len(w.entries), printedMaps)] {
		name := e.Map
		if e.Degenerate != "" {
			name += " (means nothing: " + e.Degenerate + ")"
		}
		t.row(e.Path, e.explained(), fmt.Sprintf("%.3f", e.Score), fmt.Sprintf("%.1f", e.Seconds), e.Verdict, name)
	}
	t.write(w.call.stdout)
	if more := len(w.entries) - printedMaps; more > 0 {
		fmt.Fprintf(w.call.stdout, "and %s more\n", plural(more, "map"))
	}
}

func writeJSON(path string, value any) error {
	err := writeFile(path, func(f *os.File) error {
		enc := json.NewEncoder(f)
		enc.SetIndent("", "  ")
		return enc.Encode(value)
	})
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	return nil
}

// explained names the class, or the two classes, that a map is about.
func (e mapEntry) explained() string {
	if e.MinusIndex < 0 {
		return e.TargetName
	}
	return e.TargetName + " rather than " + e.MinusName
}

// longestName leaves room for method and target in the 255 bytes that file
// systems allow.
const longestName = 180

// fileNames gives every sample a file name of its own, made from its path.
type fileNames struct{ taken map[string]bool }

func newFileNames() *fileNames { return &fileNames{map[string]bool{}} }

func (n *fileNames) of(sample api.Sample) string {
	name := strings.NewReplacer("/", "__", "\\", "__", ":", "-").Replace(strings.TrimLeft(sample.Path, "/"))
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[len(name)-longestName:], "") + fmt.Sprintf("-%d", sample.ID)
	}
	if n.taken[name] {
		name = fmt.Sprintf("%s-%d", name, sample.ID)
	}
	n.taken[name] = true
	return name
}
