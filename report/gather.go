package report

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/slice"
)

const (
	mostPrinted  = 24  // classes that the matrix has room for
	mostClasses  = 60  // rows of the table of classes
	mostCurves   = 6   // classes whose curves are drawn
	mostCells    = 6   // cells with images
	mostFindings = 12  // findings that are told
	mostLook     = 30  // rows of the table of regions
	mostRegions  = 5   // its columns
	bins         = 20  // of confidence
	roomForText  = 0.2 // share of the file that images do not take
)

// gatherer collects a report.
type gatherer struct {
	Source
	ctx    context.Context
	of     slice.Slice
	report *Report
	room   int // bytes left for images
	maps   int // images that have one
}

// Gather asks a server for everything that a report says. It fails where the evaluation is not
// there or has no figures, where the slice is a mistake, or where the server cannot be asked.
func Gather(ctx context.Context, from Source, o Options) (*Report, error) {
	g := &gatherer{Source: from, ctx: ctx, report: &Report{Options: o}, room: int(float64(o.Bytes) * (1 - roomForText))}
	for _, step := range []func() error{g.evaluation, g.origin, g.matrix, g.classes, g.curves, g.look, g.findings, g.cells, g.compare} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if r := g.report; g.maps == 0 && (len(r.Cells) > 0 || len(r.Findings) > 0) {
		r.NoMaps = fmt.Sprintf("sightline explain %s %s", r.Evaluation.Dataset, r.Evaluation.Model)
	}
	return g.report, nil
}

// evaluation reads the figures: of the slice, or else of the headline's.
func (g *gatherer) evaluation() (err error) {
	r := g.report
	if r.Evaluation, err = g.Evaluation(g.ctx, r.Options.Evaluation, r.Slice); err != nil {
		return err
	}
	if r.Slice == "" && !r.All && r.Evaluation.Headline.Slice != "" {
		if r.Evaluation, err = g.Evaluation(g.ctx, r.Options.Evaluation, r.Evaluation.Headline.Slice); err != nil {
			return err
		}
	}
	if g.of, err = slice.Parse(r.Evaluation.Slice); err != nil {
		return err
	}
	if g.of, err = g.of.Resolve(r.Evaluation.Classes); err != nil {
		return err
	}
	r.Slice, r.SliceName = g.of.String(), "all samples"
	if !g.of.Empty() {
		r.SliceName = g.of.Sentence(r.Evaluation.Classes)
	}
	return nil
}

// origin names the dataset and the model by their contents.
func (g *gatherer) origin() (err error) {
	r := g.report
	if r.Dataset, err = g.DatasetHash(g.ctx, r.Evaluation.Dataset); err != nil {
		return err
	}
	model, err := g.Model(g.ctx, r.Evaluation.Model)
	if err != nil {
		return err
	}
	dataset, err := g.Source.Dataset(g.ctx, r.Evaluation.Dataset)
	if err != nil {
		return err
	}
	r.ModelSHA256 = model.SHA256
	if r.Paths {
		r.Root, r.ModelFile = dataset.Root, model.Path
		return nil
	}
	hide := strings.NewReplacer(dataset.Root, "…", filepath.Dir(model.Path), "…")
	for i, warning := range r.Evaluation.Warnings {
		r.Evaluation.Warnings[i] = hide.Replace(warning)
	}
	return nil
}

// place is a sample's path; of one that lies elsewhere on this machine, its name.
func (g *gatherer) place(path string) string {
	if filepath.IsAbs(path) && !g.report.Paths {
		return filepath.Base(path)
	}
	return path
}

// matrix reads the counts of classes that are labels or predictions.
func (g *gatherer) matrix() error {
	counts, rows, columns, err := g.Matrix(g.ctx, g.report.Evaluation.ID, g.report.Slice)
	if err != nil {
		return err
	}
	m := &g.report.Matrix
	var used []int
	for i := range rows {
		any := false
		for j := range columns {
			any = any || counts[i*columns+j] > 0 || j < rows && counts[j*columns+i] > 0
		}
		if any {
			used = append(used, i)
		}
		m.None = m.None || counts[i*columns+columns-1] > 0
	}
	if len(used) > mostPrinted {
		return nil
	}
	m.Classes = used
	for _, i := range used {
		var row []uint32
		for _, j := range append(slices.Clone(used), columns-1) {
			row = append(row, counts[i*columns+j])
		}
		m.Counts = append(m.Counts, row)
	}
	return nil
}

// classes orders the classes that have labels, the worst first.
func (g *gatherer) classes() error {
	r := g.report
	for _, k := range r.Evaluation.PerClass {
		if k.Support > 0 {
			r.Classes = append(r.Classes, k)
		}
	}
	slices.SortStableFunc(r.Classes, func(a, b api.ClassMetrics) int { return cmp.Compare(a.F1, b.F1) })
	if n := len(r.Classes); n > mostClasses {
		r.Classes, r.MoreClasses = r.Classes[:mostClasses], n-mostClasses
	}
	return nil
}

// curves reads those of the worst classes, and confidences.
func (g *gatherer) curves() (err error) {
	r := g.report
	if r.Histogram, err = g.Histogram(g.ctx, r.Evaluation.ID, r.Slice, bins); err != nil {
		return err
	}
	for _, k := range r.Classes[:min(len(r.Classes), mostCurves)] {
		curve, err := g.Curve(g.ctx, r.Evaluation.ID, k.Index, g.of.Without("threshold").String())
		if err != nil {
			return err
		}
		r.Curves = append(r.Curves, curve)
	}
	return nil
}

// look reads what stored maps say of regions: those of the method that the model's choice is, else of
// one that the first images have maps of.
func (g *gatherer) look() (err error) {
	r := g.report
	if r.Look, err = g.lookBy("auto"); err != nil {
		return err
	}
	if r.Look.All.Maps+r.Look.Missing == 0 {
		method, err := g.storedMethod()
		if err != nil {
			return err
		}
		if method != "" {
			if r.Look, err = g.lookBy(method); err != nil {
				return err
			}
		}
	}
	r.Look.Rows = r.Look.Rows[:min(len(r.Look.Rows), mostLook)]
	for _, one := range r.Look.All.Regions {
		if len(r.LookRegions) < mostRegions {
			r.LookRegions = append(r.LookRegions, one.Region)
		}
	}
	if r.Look.Missing > 0 || r.Look.All.Maps == 0 {
		r.NoLook = fmt.Sprintf("sightline look %s %s --make", r.Evaluation.Dataset, r.Evaluation.Model)
	}
	return nil
}

func (g *gatherer) lookBy(method string) (api.Look, error) {
	return g.Look(g.ctx, g.report.Evaluation.ID, "label", client.ShareQuery{Slice: g.report.Slice, Methods: []string{method}, Targets: []string{"predicted"}, Trust: true})
}

// storedMethod is the method of a map of the predicted class that one of the first images has, or "".
func (g *gatherer) storedMethod() (string, error) {
	page, err := g.Samples(g.ctx, g.report.Evaluation.ID, g.report.Slice, "path", 0, 3)
	if err != nil {
		return "", err
	}
	for _, s := range page.Samples {
		stored, err := g.StoredMaps(g.ctx, g.report.Evaluation.ID, s.ID, "predicted")
		if err != nil {
			return "", err
		}
		for _, m := range stored {
			if m.Degenerate == "" && m.Target == "predicted" {
				return m.Method, nil
			}
		}
	}
	return "", nil
}

// findings reads what was found, with images that turned, or that show it.
func (g *gatherer) findings() error {
	r := g.report
	found, err := g.Findings(g.ctx, r.Evaluation.ID)
	if err != nil {
		return err
	}
	if len(found.Findings) > 0 {
		r.Headline = found.Headline
	}
	if found.Stage != "" || found.Stale {
		r.NoFindings = fmt.Sprintf("sightline findings %s %s", r.Evaluation.Dataset, r.Evaluation.Model)
	}
	claimed := slices.DeleteFunc(slices.Clone(found.Findings), func(f api.Finding) bool { return !claims(f) })
	for _, f := range found.Findings {
		if !claims(f) {
			r.Unclaimed = append(r.Unclaimed, f.Text)
		}
	}
	cards := api.Cards(claimed)
	for _, card := range cards[:min(len(cards), mostFindings)] {
		out := Finding{Finding: card[0]}
		if len(card) > 1 {
			out.Text, out.Classes = card[0].Group, card
		}
		for _, id := range samplesOf(card, r.Images) {
			s, err := g.Sample(g.ctx, r.Evaluation.ID, id)
			if gone(err) {
				continue // removed since
			}
			if err != nil {
				return err
			}
			one, err := g.shown(Shown{ID: id, Path: g.place(s.Path), Label: s.LabelName, Guess: nameAt(r.Evaluation.Classes, s.Predicted),
				Right: s.Truth >= 0 && s.Truth == s.Predicted, Confidence: s.Confidence, Width: s.Width, Height: s.Height}, "predicted")
			if err != nil {
				return err
			}
			out.Shown = append(out.Shown, one...)
		}
		r.Findings = append(r.Findings, out)
	}
	return nil
}

// claims tells whether a finding says that something is there, not only what was tested.
func claims(f api.Finding) bool {
	return f.Grade != "tested" || f.Word == "decides" || f.Word == "helps"
}

// samplesOf are samples of a card, of several classes some of each.
func samplesOf(card []api.Finding, most int) (list []int64) {
	for i := 0; ; i++ {
		left := false
		for _, f := range card {
			if i >= len(f.Samples) {
				continue
			}
			if left = true; len(list) < most && !slices.Contains(list, f.Samples[i]) {
				list = append(list, f.Samples[i])
			}
		}
		if !left || len(list) >= most {
			return list
		}
	}
}

// cells reads the fullest cells off the diagonal, with their most confident images.
func (g *gatherer) cells() error {
	r := g.report
	list, err := g.Confusions(g.ctx, r.Evaluation.ID, r.Slice, mostCells)
	if err != nil {
		return err
	}
	for _, c := range list {
		cell := Cell{Confusion: c, Slice: g.cell(c)}
		page, err := g.Samples(g.ctx, r.Evaluation.ID, cell.Slice, "-confidence", 0, max(r.Images, 1))
		if err != nil {
			return err
		}
		for _, s := range page.Samples[:min(len(page.Samples), r.Images)] {
			one, err := g.shown(Shown{ID: s.ID, Path: g.place(s.Path), Label: s.LabelName, Guess: nameAt(r.Evaluation.Classes, s.Predicted),
				Confidence: s.Confidence, Width: s.Width, Height: s.Height}, "contrast", "predicted")
			if err != nil {
				return err
			}
			cell.Shown = append(cell.Shown, one...)
		}
		r.Cells = append(r.Cells, cell)
	}
	return nil
}

// cell is the slice of a cell.
func (g *gatherer) cell(c api.Confusion) string {
	of := g.of.Without("label", "predicted")
	for name, class := range map[string]int{"label": c.Label, "predicted": c.Predicted} {
		of, _ = of.And(slice.Equal(name, slice.Class(class))) // it is there once: no error
	}
	return of.String()
}

// compare puts the evaluation beside another one.
func (g *gatherer) compare() error {
	r := g.report
	if r.Before == "" {
		return nil
	}
	found, err := g.Comparison(g.ctx, r.Evaluation.ID, r.Before, client.ShareQuery{Slice: r.Slice, Methods: []string{"auto"}, Targets: []string{"predicted"}, Trust: true})
	for i := range found.Maps {
		m := &found.Maps[i]
		m.Regions = slices.DeleteFunc(m.Regions, func(d api.RegionDifference) bool { return d.Builtin && strings.HasPrefix(d.Region, "grid") })
	}
	r.Comparison = &found
	return err
}

// gone tells an error of something that is not there.
func gone(err error) bool {
	var refused *client.Error
	return errors.As(err, &refused) && refused.Status == http.StatusNotFound
}

// nameAt is the name of a class.
func nameAt(classes []string, class int) string {
	if class < 0 || class >= len(classes) {
		return "no decision"
	}
	return classes[class]
}
