package findings

import (
	"fmt"
	"math"
	"strings"

	"github.com/sightline/sightline/stats"
)

// Drawn is what changing an area that somebody drew did to the images of a cell.
type Drawn struct {
	Word    string // Helps, NotUsed or Undecided
	Fragile bool   // only one way of hiding shows it
	Figures []DrawnFigure
	Text    string
}

// DrawnFigure is what one way of changing it did. Of ways without a control only Figure.Raw counts.
type DrawnFigure struct {
	Figure
	Hidden stats.Estimate // share of answers that turn, of the images that have a control
	Moved  stats.Estimate // and at their controls
}

// OfDrawn tests an area. It names the area, and answers the answers that may turn.
func OfDrawn(p *Pair, area, answers string) Drawn {
	if len(p.fillNames()) == 0 {
		return Drawn{Word: Undecided, Text: fmt.Sprintf("No image of the cell has %s, or the model's answers have changed: nothing was tested.", area)}
	}
	list := []Finding{begin(p, 0)}
	correct(list)
	conclude(&list[0], func(int, string) string { return "" })
	f := &list[0]
	d := Drawn{Word: f.Word, Fragile: f.Fragile}
	for _, g := range f.Figures {
		d.Figures = append(d.Figures, p.drawn(g))
	}
	main := d.Figures[0]
	for _, g := range d.Figures {
		if math.IsNaN(main.Control) || f.Fragile && !main.shows() {
			main = g
		}
	}
	d.Text = d.said(f, &main, area, answers)
	return d
}

// drawn adds the intervals of an image's change and of its controls.
func (p *Pair) drawn(g Figure) DrawnFigure {
	var hidden, moved []stats.Sample
	for _, s := range p.Samples {
		for _, of := range s.Fills {
			if of.Name == g.Fill && len(of.Changed) > 0 && len(of.Controls) > 0 {
				hidden = append(hidden, stats.Sample{Value: share(of.Changed, p.Class)})
				moved = append(moved, stats.Sample{Value: share(of.Controls, p.Class)})
			}
		}
	}
	return DrawnFigure{g, stats.ShareMean(hidden), stats.ShareMean(moved)}
}

// said puts it in words.
func (d *Drawn) said(f *Finding, g *DrawnFigure, area, answers string) string {
	did, control := "Hiding "+area, "an equal area elsewhere"
	if g.Fill == Swap {
		did, control = "Putting that of another class in the place of "+area, "that of another image of the cell"
	}
	var b strings.Builder
	if math.IsNaN(g.Control) {
		fmt.Fprintf(&b, "%s turns %s (%s) of %d %s; no place of equal size is free to compare it with.", did, percent(g.Raw), span(g.Least, g.Most), g.All, answers)
	} else {
		fmt.Fprintf(&b, "%s turns %s%s of %d %s, %s %s%s.", did, percent(g.Turned), interval(g.Hidden), g.N, answers, control, percent(g.Control), interval(g.Moved))
	}
	switch {
	case d.Word == Helps && d.Fragile:
		b.WriteString(" It may help to decide them: only one way of hiding shows it.")
	case d.Word == Helps:
		b.WriteString(" It helps to decide them.")
	case d.Word == NotUsed:
		fmt.Fprintf(&b, " They do not hang on it: with 95 %% confidence at most %s turn.", percent(f.most()))
	case g.N < fewestForP:
		fmt.Fprintf(&b, " Whether they hang on it cannot be told: a test takes %d images.", fewestForP)
	default:
		b.WriteString(" Whether they hang on it cannot be told.")
	}
	return b.String()
}

// span writes an interval of shares.
func span(low, high float64) string {
	return fmt.Sprintf("%.0f–%s", 100*low, percent(high))
}

// interval writes that of an estimate, nothing where it is not known.
func interval(e stats.Estimate) string {
	if !e.Known {
		return ""
	}
	return " (" + span(e.Low, e.High) + ")"
}
