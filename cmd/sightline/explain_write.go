package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/server/api"
)

// mapEntry is one element of index.json.
type mapEntry struct {
	Path        string       `json:"path"`    // of the image, relative to the dataset's root
	Map         string       `json:"map"`     // the .npy beside index.json
	Overlay     string       `json:"overlay"` // the .png beside it; empty for a map that means nothing
	Method      string       `json:"method"`
	Target      string       `json:"target"`
	TargetIndex int          `json:"target_index"`
	TargetName  string       `json:"target_name"`
	MinusIndex  int          `json:"minus_index"` // class that a contrast subtracts; -1 for other targets
	MinusName   string       `json:"minus_name,omitempty"`
	Score       float64      `json:"score"`
	Geometry    api.Geometry `json:"geometry"`
	Seconds     float64      `json:"seconds"`
	Correlation float64      `json:"correlation"`
	Converged   bool         `json:"converged"`
	Degenerate  string       `json:"degenerate,omitempty"`

	Seed    uint64            `json:"seed"`
	Options map[string]string `json:"options,omitempty"` // settings of the method that are not the default
}

// writeMaps fetches the maps of the samples and writes them with overlays and
// an index.
func (s *session) writeMaps(ctx context.Context, e api.Evaluation, samples []api.Sample, o explainOptions) error {
	names := newFileNames()
	entries := []mapEntry{}
	var missing []error
	for _, sample := range samples {
		entry, err := s.writeMap(ctx, e, sample, names, o)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			missing = append(missing, fmt.Errorf("%s: %w", sample.Path, err))
			continue
		}
		entries = append(entries, entry)
	}
	if err := writeIndex(filepath.Join(o.out, "index.json"), entries); err != nil {
		return err
	}
	if s.call.json {
		if err := s.call.document(entries); err != nil {
			return err
		}
	} else {
		s.printMaps(entries, o)
	}
	if len(entries) == 0 {
		return fmt.Errorf("no map could be made: %w", errors.Join(missing...))
	}
	for _, err := range missing {
		fmt.Fprintf(s.call.stderr, "no map of %v\n", err)
	}
	return nil
}

func (s *session) writeMap(ctx context.Context, e api.Evaluation, sample api.Sample, names *fileNames, o explainOptions) (mapEntry, error) {
	header, values, err := s.Map(ctx, e.ID, sample.ID, client.MapQuery{Method: o.method, Target: o.target, Seed: o.seed, Options: o.options})
	if err != nil {
		return mapEntry{}, err
	}
	base := names.of(sample) + "." + header.Method + "." + strings.ReplaceAll(o.target, ":", "-")
	entry := mapEntry{
		Path: sample.Path, Map: base + ".npy", Method: header.Method, Target: header.Target, TargetIndex: header.TargetIndex, TargetName: header.TargetName,
		MinusIndex: header.MinusIndex, MinusName: header.MinusName,
		Score: header.Score, Geometry: header.Geometry, Seconds: header.Seconds,
		Correlation: header.Correlation, Converged: header.Converged, Degenerate: header.Degenerate, Seed: header.Seed, Options: header.Options,
	}
	err = writeFile(filepath.Join(o.out, entry.Map), func(f *os.File) error {
		return attribution.WriteNPY(f, values, header.Width, header.Height)
	})
	if err != nil || header.Degenerate != "" {
		return entry, err
	}
	entry.Overlay = base + ".png"
	return entry, s.writeOverlay(ctx, e.Dataset, sample, header, values, filepath.Join(o.out, entry.Overlay), o.colours)
}

// writeOverlay draws the map over the image as a browser shows it.
func (s *session) writeOverlay(ctx context.Context, dataset string, sample api.Sample, h api.MapHeader, values []float32, path, colours string) error {
	var content bytes.Buffer
	if err := s.Image(ctx, dataset, sample.ID, &content); err != nil {
		return err
	}
	im, err := imaging.Decode(content.Bytes(), imaging.Limits{})
	if err != nil {
		return err
	}
	drawn, err := imaging.Overlay(im.Upright(), values, h.Width, h.Height, imaging.Geometry(h.Geometry), imaging.OverlayOptions{ColourMap: colours})
	if err != nil {
		return err
	}
	encoded, err := imaging.EncodePNG(drawn)
	if err != nil {
		return err
	}
	return writeFile(path, func(f *os.File) error {
		_, err := f.Write(encoded)
		return err
	})
}

func writeIndex(path string, entries []mapEntry) error {
	err := writeFile(path, func(f *os.File) error {
		enc := json.NewEncoder(f)
		enc.SetIndent("", "  ")
		return enc.Encode(entries)
	})
	if err != nil {
		return fmt.Errorf("writing the index of maps: %w", err)
	}
	return nil
}

func (s *session) printMaps(entries []mapEntry, o explainOptions) {
	if len(entries) == 0 {
		return
	}
	t := newTable("image", "explained", "\tscore", "\tseconds", "map")
	for _, e := range entries {
		name := e.Map
		if e.Degenerate != "" {
			name += " (means nothing: " + e.Degenerate + ")"
		}
		t.row(e.Path, e.explained(), fmt.Sprintf("%.3f", e.Score), fmt.Sprintf("%.1f", e.Seconds), name)
	}
	t.write(s.call.stdout)
	fmt.Fprintf(s.call.stdout, "\n%s with overlays in %s; index.json lists them\n", plural(len(entries), "map"), o.out)
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
