package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"github.com/sightline/sightline/stats"
)

// report collects what was found of all models.
type report struct {
	verbose       bool
	scores, quiet []score
}

// prevalences are the shares of a class's photos that something is planted in.
var prevalences = []float64{0.5, 0.8, 0.95, 1}

// planted makes and looks at the models with a plant.
func (r *report) planted(ctx context.Context, b *base, s settings) error {
	shares := prevalences
	if s.smoke {
		s.shares = "0.95"
	}
	if s.shares != "" {
		shares = nil
		for _, text := range strings.Split(s.shares, ",") {
			share, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return fmt.Errorf("-shares %s: %w", s.shares, err)
			}
			shares = append(shares, share)
		}
	}
	for _, name := range strings.Split(s.plants, ",") {
		if name == "" {
			continue
		}
		p, err := plantOf(name)
		if err != nil {
			return err
		}
		for seed := range s.seeds {
			for _, share := range shares {
				if err := r.one(ctx, b, p, seed, share, s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// one makes and looks at a model with a plant in a share of a class.
func (r *report) one(ctx context.Context, b *base, p plant, seed int, share float64, s settings) error {
	class := (2*seed + 1) % len(b.classes)
	fit, look := p.in(b.fit, class, seed, share), p.in(b.look, class, seed, share)
	features, err := b.features(ctx, filesOf(fit))
	if err != nil {
		return err
	}
	h := fitted(b.shipped, features, labelsOf(fit), b.decay)
	subject, err := b.evaluate(ctx, h, look)
	if err != nil {
		return err
	}
	if s.export != "" {
		if err := subject.export(s.export, fmt.Sprintf("%s-%d-%.0f", p.name, seed, 100*share)); err != nil {
			return err
		}
	}
	list, err := subject.find(ctx, s.budget)
	if err != nil {
		return err
	}
	out := scoreOf(subject, list, &p, class, seed)
	out.plant, out.prevalence = p.name, share
	plain, err := b.evaluate(ctx, h, b.look)
	if err != nil {
		return err
	}
	if out.spurious, err = plain.spurious(ctx, &p, class, seed); err != nil {
		return err
	}
	r.scores = append(r.scores, out)
	r.say(fmt.Sprintf("%s in %.0f %% of %s", p.name, 100*share, b.classes[class]), out)
	if r.verbose {
		for _, f := range list {
			if f.Class == class {
				fmt.Fprintf(os.Stderr, "   %s %s: %s\n", f.Kind, f.Word, f.Text)
			}
		}
	}
	return nil
}

// in plants into a share of a class's photos, the same photos for a larger share and more.
func (p plant) in(photos []photo, class, seed int, share float64) []photo {
	r := rand.New(rand.NewPCG(uint64(seed), 21))
	out := make([]photo, len(photos))
	for i, ph := range photos {
		if ph.class == class && r.Float64() < share {
			ph.file += p.mark(seed)
		}
		out[i] = ph
	}
	return out
}

func labelsOf(photos []photo) []int {
	labels := make([]int, len(photos))
	for i, p := range photos {
		labels[i] = p.class
	}
	return labels
}

// clean makes and looks at models without a plant: heads that are fitted to bootstraps.
func (r *report) clean(ctx context.Context, b *base, first, n, budget int) error {
	features, err := b.features(ctx, filesOf(b.fit))
	if err != nil {
		return err
	}
	for seed := first; seed < first+n; seed++ {
		random := rand.New(rand.NewPCG(uint64(seed), 31))
		drawn, labels := make([][]float32, len(features)), make([]int, len(features))
		for i := range drawn {
			k := random.IntN(len(features))
			drawn[i], labels[i] = features[k], b.fit[k].class
		}
		subject, err := b.evaluate(ctx, fitted(b.shipped, drawn, labels, b.decay), b.look)
		if err != nil {
			return err
		}
		list, err := subject.find(ctx, budget)
		if err != nil {
			return err
		}
		out := scoreOf(subject, list, nil, -1, 0)
		out.plant = b.name
		r.quiet = append(r.quiet, out)
		r.say(fmt.Sprintf("clean head %d of %s", seed+1, b.name), out)
	}
	return nil
}

func (r *report) say(what string, s score) {
	fmt.Fprintf(os.Stderr, "%s: accuracy %.2f, spurious %.2f, named %v, convicted %v, overlap %.2f, %d reasons, %d passes\n", what, s.accuracy, s.spurious, s.named, s.convicted, s.overlap, s.reasons, s.passes)
	for _, text := range s.false_ {
		fmt.Fprintf(os.Stderr, "   falsely: %s\n", text)
	}
}

// print writes the tables.
func (r *report) print(w io.Writer) {
	fmt.Fprintln(w, "| plant | in | models | spurious | named | convicted (95 %) | overlap ≥ 0.5 | false shortcuts | with a reason |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
	for _, p := range plants {
		for _, share := range prevalences {
			r.row(w, fmt.Sprintf("| %s | %.0f %%", p.name, 100*share), r.scores, func(s score) bool { return s.plant == p.name && s.prevalence == share })
		}
	}
	for _, band := range [][2]float64{{0, 0.2}, {0.2, 0.5}, {0.5, 0.85}, {0.85, 1.01}} {
		r.row(w, fmt.Sprintf("| all | spurious %.2f to %.2f", band[0], math.Min(1, band[1])), r.scores, func(s score) bool { return s.spurious >= band[0] && s.spurious < band[1] })
	}
	fmt.Fprintln(w, "\n| clean heads of | heads | accuracy | with a false shortcut | at most, with 95 % confidence | with a reason | else it is said why | passes |")
	fmt.Fprintln(w, "| --- | --- | --- | --- | --- | --- | --- | --- |")
	of := []string{"professions", "groceries", "both"}
	for _, name := range of {
		cleanRow(w, name, r.quiet)
	}
}

func (r *report) row(w io.Writer, head string, list []score, of func(score) bool) {
	n, named, convicted, near, wrong, reasons, spurious := 0, 0, 0, 0, 0, 0, 0.0
	for _, s := range list {
		if of(s) {
			n, named, convicted, wrong = n+1, named+one(s.named), convicted+one(s.convicted), wrong+len(s.false_)
			near += one(s.overlap >= leastIoU)
			reasons, spurious = reasons+one(s.reasons > 0), spurious+s.spurious
		}
	}
	if n == 0 {
		return
	}
	low, high := stats.Wilson(convicted, n, stats.Level)
	fmt.Fprintf(w, "%s | %d | %.2f | %d | %d (%.2f to %.2f) | %d | %d | %d |\n", head, n, spurious/float64(n), named, convicted, low, high, near, wrong, reasons)
}

func cleanRow(w io.Writer, name string, list []score) {
	n, wrong, reasons, why, passes, accuracy := 0, 0, 0, 0, 0, 0.0
	for _, s := range list {
		if s.plant == name || name == "both" {
			n, wrong, reasons, why = n+1, wrong+one(len(s.false_) > 0), reasons+one(s.reasons > 0), why+one(s.whyNot)
			passes, accuracy = passes+s.passes, accuracy+s.accuracy
		}
	}
	if n > 0 {
		fmt.Fprintf(w, "| %s | %d | %.2f | %d | %.3f | %d | %d | %d |\n", name, n, accuracy/float64(n), wrong, atMost(wrong, n), reasons, why, passes/n)
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// atMost is the exact upper bound of a share, one-sided, of 95 % (Clopper & Pearson 1934): the
// share at which so few would come up once in twenty.
func atMost(k, n int) float64 {
	low, high := float64(k)/float64(n), 1.0
	for range 60 {
		p := (low + high) / 2
		term, sum := math.Pow(1-p, float64(n)), 0.0
		for i := 0; i <= k; i++ {
			sum += term
			term *= float64(n-i) / float64(i+1) * p / (1 - p)
		}
		if sum > 0.05 {
			low = p
		} else {
			high = p
		}
	}
	return high
}
