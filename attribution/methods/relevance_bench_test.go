package methods

import (
	"context"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/attention"
	"github.com/sightline/sightline/attribution/gradient"
	"github.com/sightline/sightline/attribution/internal/testkit"
	"github.com/sightline/sightline/attribution/relevance"
	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/internal/smoke"
	"github.com/sightline/sightline/internal/testdata"
)

// BenchmarkRelevance is the time of 8 maps beside that of 8 forward runs of the
// original file; the ranking is known, as it is after an evaluation.
func BenchmarkRelevance(b *testing.B) {
	models := map[string][]attribution.Method{
		"resnet18": {relevance.LRP{}, gradient.Guided{}, gradient.Gradient{}}, "mobilenet_v2": {relevance.LRP{}, gradient.Gradient{}},
		"vit_b_16": {relevance.LRP{}, attention.Attention{}, attention.Rollout{}, gradient.Gradient{}},
	}
	if smoke.Benchmarks() {
		models = map[string][]attribution.Method{"mobilenet_v2": models["mobilenet_v2"]}
	}
	for name, methods := range models {
		c := testkit.Open(b, testdata.Architecture(b, name))
		rs, inputs := ranked(b, c, 8)
		b.Run(name+"/forward", func(b *testing.B) {
			for range b.N {
				if _, err := c.Score(context.Background(), inputs, len(rs)); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, m := range methods {
			b.Run(name+"/"+m.Name(), func(b *testing.B) {
				for range b.N {
					_, errs := m.ExplainBatch(context.Background(), c, rs, []attribution.Target{{Kind: attribution.Predicted}}, nil)
					if errs[0] != nil {
						b.Fatal(errs[0])
					}
				}
			})
		}
	}
}

// ranked makes requests that know their two best classes.
func ranked(b *testing.B, c *classifier.Classifier, n int) (rs []attribution.Request, inputs []float32) {
	b.Helper()
	for i := range n {
		r := testkit.Wavy(c, float64(i))
		scores, err := c.Score(context.Background(), r.Input, 1)
		if err != nil {
			b.Fatal(err)
		}
		order := make([]int, 2)
		for class, v := range scores {
			switch {
			case v > scores[order[0]]:
				order[0], order[1] = class, order[0]
			case class > 0 && (order[1] == order[0] || v > scores[order[1]]):
				order[1] = class
			}
		}
		r.Ranking = order
		rs, inputs = append(rs, r), append(inputs, r.Input...)
	}
	return rs, inputs
}
