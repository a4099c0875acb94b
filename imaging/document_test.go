package imaging

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// A document is read back as the settings it was made of, and says no more than it must.
func TestDocumentsAreReadBack(t *testing.T) {
	crop := Preprocessing{Channels: 3, DoConvertRGB: true, DoResize: true, Size: Size{Height: 32, Width: 32}, Resample: Nearest, Antialias: true, RescaleFactor: 1, DoFlipChannelOrder: true}
	list := []Preprocessing{crop}
	for _, name := range Presets() {
		p, _ := Preset(name)
		list = append(list, p, p.WithInput(28, 28, 1))
	}
	for _, p := range list {
		text := p.Document()
		q, err := ParsePreprocessing([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := marshal(p.inEffect()), marshal(q.inEffect()); !bytes.Equal(a, b) {
			t.Errorf("%s is read as\n%s\nnot as\n%s", text, b, a)
		}
		if !json.Valid([]byte(text)) || strings.Contains(text, "do_convert_rgb") || len(text) > 240 {
			t.Errorf("%d bytes: %s", len(text), text)
		}
	}
}
