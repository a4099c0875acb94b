package findings

import (
	"fmt"
	"math"

	"github.com/sightline/sightline/stats"
)

// littleSkill is how much of what a guess gets wrong a working model gets right at least.
const littleSkill = 0.2

// preparation finds a model that is right hardly more often than a guess that always says the
// commonest label: its preprocessing, or the order of its classes, is probably not what it was
// trained with. With 95 % confidence it gets less than a fifth of what is left to win.
func preparation(t *inspection) ([]Statement, string) {
	n, right, commonest := t.all.N, t.all.N-t.all.Wrong, 0
	if n < fewestAnswers {
		return nil, "Preprocessing: " + tooFew(n, fewestAnswers) + "."
	}
	for _, c := range t.class {
		commonest = max(commonest, c.N)
	}
	guess := float64(commonest) / float64(n)
	low, high := stats.Wilson(right, n, stats.Level)
	if high-guess > littleSkill*(1-guess) {
		return nil, fmt.Sprintf("Preprocessing: the model is right more often (%s) than a guess (%s).", percent(1-t.all.rate()), percent(guess))
	}
	s := Statement{Class: All, Effect: float64(right) / float64(n), Low: low, High: high, Unit: "share of right answers", N: n, Q: math.NaN(), Tests: 1}
	often := "hardly more often"
	if s.Effect < guess {
		often = "less often"
	}
	s.Short = fmt.Sprintf("the model is right %s (%s) than a guess (%s)", often, percent(s.Effect), percent(guess))
	s.Text = fmt.Sprintf("The model is right "+often+" than a guess: %s (%s), and always saying the commonest label %s. Its preprocessing, or the order of its classes, is probably not what it was trained with. A model that learned something else than these images show looks the same.", percent(s.Effect), between(low, high), percent(guess))
	s.Next = "Run sightline model probe, which tries other ways to prepare the images, and other orders of the classes."
	s.Won, s.WonLow, s.WonHigh = float64(t.all.Wrong), 0, float64(t.all.Wrong)
	s.Samples = surest(t.wrongOf(func(*Answer) bool { return true }))
	s.Doors = []Door{{"The errors", t.within("correct=false")}}
	return []Statement{s}, ""
}
