package testdata

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A recorder is a test that notes how it ended.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper() {}

func (r *recorder) Log(...any) {}

func (r *recorder) Skipf(format string, args ...any) {
	r.end("skipped: " + fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.end("failed: " + fmt.Sprintf(format, args...))
}

func (r *recorder) end(how string) {
	r.ended = how
	runtime.Goexit()
}

// ending runs f as a test and tells how it ended, "" if by itself.
func ending(f func(testing.TB)) string {
	r := &recorder{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r.ended
}

// TestArchitectures: without exports a test skips, but fails in continuous
// integration when the test material is there.
func TestArchitectures(t *testing.T) {
	material, exports := t.TempDir(), t.TempDir()
	if err := os.Mkdir(filepath.Join(material, "models"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(exports, "resnet18.onnx"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	nowhere := filepath.Join(material, "nowhere")
	for _, c := range []struct {
		ci, material, exports, name string
		want                        string
	}{
		{"", material, exports, "resnet18", ""},
		{"true", material, exports, "resnet18", ""},
		{"", material, exports, "vgg16", "skipped: the architecture is not exported"},
		{"true", material, exports, "vgg16", "failed: skipped although the test material is there: the architecture is not exported"},
		{"", material, nowhere, "resnet18", "skipped: needs the exported architectures"},
		{"true", material, nowhere, "resnet18", "failed: skipped although the test material is there: needs the exported"},
		{"true", nowhere, nowhere, "resnet18", "skipped: needs the exported architectures"},
	} {
		t.Setenv("CI", c.ci)
		t.Setenv("SIGHTLINE_TESTDATA", c.material)
		t.Setenv("SIGHTLINE_ARCHITECTURES", c.exports)
		got := ending(func(tb testing.TB) { Architecture(tb, c.name) })
		if !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%+v: ended %q", c, got)
		}
	}
}
