package findings

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/stats"
)

// Confidence is off if it lies this far from the share of right answers.
const (
	offConfidence  = 0.05
	fewestAnswers  = 50
	sureConfidence = 0.9
)

// calibration finds over- and under-confidence: the mean confidence less the share of right
// answers, with Student's interval of the differences.
func calibration(t *inspection) ([]Statement, string) {
	n := len(t.rows)
	if n < fewestAnswers {
		return nil, "Calibration: " + tooFew(n, fewestAnswers) + "."
	}
	gaps := make([]stats.Sample, n)
	sure := Tally{}
	confidence := 0.0
	for i, a := range t.rows {
		gaps[i].Value = a.Confidence - one(!a.wrong())
		confidence += a.Confidence / float64(n)
		if a.Confidence >= sureConfidence {
			sure.add(a.wrong())
		}
	}
	e := stats.Mean(gaps)
	right := 1 - t.all.rate()
	none := fmt.Sprintf("Calibration: the mean confidence, %s, fits the share of right answers, %s.", percent(confidence), percent(right))
	if !e.Excludes0() || math.Abs(e.Mean) < offConfidence {
		return nil, none
	}
	side, more := "surer than it is right", "sure"
	s := Statement{Class: All, Effect: e.Mean, Low: e.Low, High: e.High, Unit: "mean confidence less share of right answers", N: n, Tests: 1, Key: "over"}
	s.Next = "Divide the logits by a temperature that is fitted on val; until then, do not use the confidence as a probability. No answer changes by it."
	if e.Mean < 0 {
		side, more, s.Key = "less sure than it is right", "unsure", "under"
	}
	half := (e.High - e.Mean) / (math.Sqrt2 * math.Erfinv(stats.Level))
	s.Q = math.Erfc(math.Abs(e.Mean) / half / math.Sqrt2)
	s.Short = fmt.Sprintf("the model is %s: %s sure, %s right", side, percent(confidence), percent(right))
	s.Text = fmt.Sprintf("%s, %.0f points too %s (%s).", capital(s.Short), 100*math.Abs(e.Mean), more, points(math.Min(math.Abs(e.Low), math.Abs(e.High)), math.Max(math.Abs(e.Low), math.Abs(e.High))))
	if e.Mean > 0 && sure.Wrong > 0 {
		s.Text += fmt.Sprintf(" Of %d answers with a confidence of 90 %% or more, %d are wrong.", sure.N, sure.Wrong)
		s.Doors = []Door{{"Sure and wrong", t.within("correct=false&confidence=0.9-")}}
	} else {
		s.Doors = []Door{{"Right and unsure", t.within("correct=true&confidence=-0.5")}}
	}
	if e.Mean > 0 {
		s.Samples = surest(t.wrongOf(func(*Answer) bool { return true }))
	}
	return []Statement{s}, ""
}
