package imaging

import (
	"strings"
	"testing"
)

func TestMisspeltFieldsAreRefused(t *testing.T) {
	for _, c := range []struct{ field, want string }{
		{"resampel", "resample"}, {"image_means", "image_mean"}, {"do_resise", "do_resize"}, {"crop_siz", "crop_size"},
		// Fields of real configurations that mean something else.
		{"patch_size", ""}, {"max_size", ""}, {"size_divisor", ""}, {"image_processor_type", ""}, {"do_reduce_labels", ""}, {"data_format", ""}, {"offset", ""},
	} {
		_, err := ParsePreprocessing([]byte(`{"size": {"height": 8, "width": 8}, "` + c.field + `": null}`))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), "write "+c.want)) {
			t.Errorf("%s: %v, want %q", c.field, err, c.want)
		}
	}
}
