package report

import (
	"crypto/sha256"
	_ "embed" // the template and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed report.html
var page string

//go:embed report.css
var style string

// policy lets the page show what is in it, and nothing else: no script, no request.
var policy = fmt.Sprintf("default-src 'none'; img-src data:; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'", digest(style))

// Policy is the content security policy of the page, for a server that shows it.
func Policy() string { return policy }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

var layout = template.Must(template.New("report").Funcs(template.FuncMap{
	"percent": func(v float64) string { return joined(percent(v)) }, "joined": joined, "points": points, "p": pValue, "count": count, "short": short, "fixed": fixed, "interval": interval,
	"jpeg": func(b []byte) template.URL { return dataURL("image/jpeg", b) },
	"png":  func(b []byte) template.URL { return dataURL("image/png", b) },
	"affine": func(m [6]float64) string {
		return fmt.Sprintf("matrix(%g %g %g %g %g %g)", m[0], m[3], m[1], m[4], m[2], m[5])
	},
	"dict": func(pairs ...string) map[string]string {
		return map[string]string{pairs[0]: pairs[1], pairs[2]: pairs[3]}
	},
	"cond": func(n int, some, none string) string {
		if n > 0 {
			return some
		}
		return none
	},
	"more": func(n, by int) int { return n + by },
}).Parse(page))

func dataURL(kind string, content []byte) template.URL {
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content))
}

// HTML writes the page. It loads nothing and runs nothing.
func (r *Report) HTML(w io.Writer) error {
	return layout.Execute(w, map[string]any{"R": r, "Policy": policy, "Style": template.CSS(style)})
}

// Name is the class with an index.
func (r *Report) Name(class int) string { return nameAt(r.Evaluation.Classes, class) }

// Shade is how dark a count of the matrix is, 0 to 9, by its share of the row.
func (m Matrix) Shade(row int, n uint32) int {
	sum := uint32(0)
	for _, c := range m.Counts[row] {
		sum += c
	}
	if n == 0 || sum == 0 {
		return 0
	}
	return 1 + int(8*float64(n)/float64(sum))
}

// Right tells whether a count is of right predictions.
func (m Matrix) Right(row, column int) bool { return row == column }

// Share is what a row says of a region, or nil.
func (r *Report) Share(row int, region string) any {
	regions := r.Look.All.Regions
	if row >= 0 {
		regions = r.Look.Rows[row].Regions
	}
	for i := range regions {
		if regions[i].Region == region {
			return &regions[i]
		}
	}
	return nil
}

// Line is a curve as the points of a polyline in a square of 100: precision over recall.
func (r *Report) Line(curve int) string {
	var b strings.Builder
	points := r.Curves[curve].Points
	step := max(1, len(points)/120)
	for i := 0; i < len(points); i += step {
		fmt.Fprintf(&b, "%.1f,%.1f ", 100*points[i].Recall, 100-100*points[i].Precision)
	}
	if n := len(points); n > 0 && (n-1)%step != 0 {
		fmt.Fprintf(&b, "%.1f,%.1f", 100*points[n-1].Recall, 100-100*points[n-1].Precision)
	}
	return strings.TrimSpace(b.String())
}

// Bar is a column of the chart of confidences, in a rectangle of 200 × 100.
type Bar struct {
	X, Width           float64
	Y, Height          float64 // of right predictions
	WrongY, WrongShare float64 // of wrong ones, on top
}

// Bars is the chart of confidences.
func (r *Report) Bars() (bars []Bar) {
	h := r.Histogram
	most := 1
	for i := range h.Right {
		most = max(most, h.Right[i]+h.Wrong[i])
	}
	for i := range h.Right {
		right, wrong := 100*float64(h.Right[i])/float64(most), 100*float64(h.Wrong[i])/float64(most)
		bars = append(bars, Bar{X: 200 * h.Edges[i], Width: 200*(h.Edges[i+1]-h.Edges[i]) - 0.8, Y: 100 - right, Height: right, WrongY: 100 - right - wrong, WrongShare: wrong})
	}
	return bars
}

// Changed lists the classes that changed by more than chance.
func (r *Report) Changed() (list []int) {
	for i, k := range r.Comparison.Classes {
		if k.Corrected <= 0.05 {
			list = append(list, i)
		}
	}
	return list
}
