package classifier

import (
	"strings"
	"testing"

	"github.com/sightline/sightline/imaging"
)

// The means of a BGR model stand beside the word BGR: their own order is said.
func TestValuesSayTheOrderOfTheirMeans(t *testing.T) {
	p, _ := imaging.Preset("caffe")
	if text := valuesText(p); !strings.HasSuffix(text, "minus [123.68 116.779 103.939], divided by [1 1 1] (red, green, blue)") {
		t.Error(text)
	}
}
