// Command auto measures what `auto` could pick, on a folder of real models and photos: by
// mass and pointing on boxes, by the gain of insertion and deletion over a map's permuted
// cells, by time, and by whether maps change when the weights are drawn anew.
//
//	go run ./bench/auto -material DIR [-images 60] [-gains 12]
//
// The photos are dealt out into two halves: choose on the first, confirm on the second.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/stats"
	"github.com/sightline/sightline/trust"
)

// candidates are the class-specific methods of at most three passes, and occlusion.
var candidates = []string{"gradcam", "hirescam", "layercam", "lrp", "inputxgradient", "occlusion"}

var gains int

func main() {
	material := flag.String("material", os.Getenv("SIGHTLINE_TESTDATA"), "folder of models and photos")
	images := flag.Int("images", 60, "photos of each half for mass and pointing, at most")
	flag.IntVar(&gains, "gains", 12, "photos of each half for insertion and deletion, and for methods of many passes")
	only := flag.String("model", "", "measure this model alone")
	flag.Parse()
	for _, c := range cases {
		if *only != "" && *only != c.model {
			continue
		}
		if err := measure(context.Background(), *material, c, *images); err != nil {
			log.Fatalf("%s: %v", c.model, err)
		}
	}
}

// measure prints a model's table, a row for each method and half.
func measure(ctx context.Context, material string, c setting, images int) error {
	s, err := c.open(filepath.Join(material, "models", c.model, "model.onnx"))
	if err != nil {
		return err
	}
	defer s.Close()
	photos, err := c.photos(s, material, 2*images)
	if err != nil {
		return err
	}
	picked, _, err := methods.Choose(ctx, s)
	if err != nil {
		return err
	}
	fmt.Printf("\n**%s**, %d photos in each half, %d of them for the gain; `auto` picks %s\n\n", c.model, len(photos)/2, min(gains, len(photos)/2), picked.Name())
	fmt.Println("| method | half | mass on the box | pointing − centre's | gain of insertion and deletion | seconds | random weights |\n| --- | --- | --- | --- | --- | --- | --- |")
	for _, name := range candidates {
		m, err := methods.All().Lookup(name)
		if err != nil {
			return err
		}
		like, err := randomised(ctx, s, m, photos)
		if err != nil {
			fmt.Printf("| %s | | not possible: %v | | | | |\n", name, err)
			continue
		}
		for half := range 2 {
			f, err := figures(ctx, s, m, photos, half)
			if err != nil {
				return err
			}
			fmt.Printf("| %s | %d | %s | %s | %s | %.3f | %+.2f |\n", name, half+1, words(f.mass), words(f.pointing), words(f.gain), f.seconds, like)
		}
	}
	return nil
}

// found are means over the photos of a half.
type found struct {
	mass, pointing, gain stats.Estimate
	seconds              float64
}

func figures(ctx context.Context, s *model, m attribution.Method, photos []photo, half int) (found, error) {
	var mass, pointing, gain []stats.Sample
	var took time.Duration
	n := 0
	for i, p := range photos {
		if i%2 != half || n >= gains && m.Name() == "occlusion" {
			continue
		}
		n++
		r := s.request(p)
		began := time.Now()
		made, err := attribution.Explain(ctx, m, s, r, nil)
		if err != nil {
			return found{}, err
		}
		took += time.Since(began)
		if p.region != nil {
			inside := regions.Measure(made, p.region)
			mass = append(mass, stats.Sample{Value: inside.Share})
			pointing = append(pointing, stats.Sample{Value: is(inside.Hottest) - is(p.region.Contains(float64(p.width)/2, float64(p.height)/2))})
		}
		if len(gain) >= gains {
			continue
		}
		t, err := trust.Evaluate(ctx, s, r, made, trust.Options{Seed: 1, Steps: 5})
		if err != nil {
			return found{}, err
		}
		if len(t.Controls) > 0 {
			controls := 0.0
			for _, c := range t.Controls {
				controls += c.Difference / float64(len(t.Controls))
			}
			gain = append(gain, stats.Sample{Value: t.Map.Difference - controls})
		} else {
			gain = append(gain, stats.Sample{Value: 0}) // a map that means nothing gains nothing
		}
	}
	return found{stats.Mean(mass), stats.Mean(pointing), stats.Mean(gain), took.Seconds() / float64(max(1, n))}, nil
}

func is(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func words(e stats.Estimate) string {
	if e.N == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f)", e.Mean, e.Low, e.High)
}
