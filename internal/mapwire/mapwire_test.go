package mapwire

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/server/api"
)

// The description has a map's fields and no others, but the values.
func TestMetaHasEveryFieldOfAMap(t *testing.T) {
	ours, theirs := reflect.TypeOf(attribution.Map{}), reflect.TypeOf(api.MapMeta{})
	if ours.NumField() != theirs.NumField()+1 {
		t.Errorf("a map has %d fields, its description %d: want one more, the values", ours.NumField(), theirs.NumField())
	}
	for i := range theirs.NumField() {
		name := theirs.Field(i).Name
		if f, ok := ours.FieldByName(name); !ok || f.Type.Kind() != theirs.Field(i).Type.Kind() {
			t.Errorf("%s is not a map's, or of another kind", name)
		}
	}
}

// Nothing is lost on the way, through JSON too; and what older builds stored is read.
func TestThereAndBack(t *testing.T) {
	m := &attribution.Map{
		Width: 2, Height: 1, Values: []float32{-1, 2}, Method: "ig", Target: "contrast", TargetIndex: 3, MinusIndex: 1, Score: 0.1,
		Geometry: imaging.Geometry{InputWidth: 2, InputHeight: 1, DisplayWidth: 640, DisplayHeight: 480, Matrix: [6]float64{1, 2, 3, 4, 5, 6}}, Evaluations: 9,
		Correlation: 0.3, Converged: true, Seconds: 1.5, Seed: 1 << 63, Layer: "conv", Steps: 7, Gap: 0.01, CellError: 0.02, SumError: 0.03, Reason: "why", Degenerate: "zero",
		ClassAgnostic: true, BaselineScore: -2, Channels: 1, Layout: imaging.NHWC,
	}
	for i := range reflect.ValueOf(*m).NumField() {
		if reflect.ValueOf(*m).Field(i).IsZero() {
			t.Errorf("the test leaves %s empty", reflect.TypeOf(*m).Field(i).Name)
		}
	}
	text, err := json.Marshal(Meta(m))
	if err != nil {
		t.Fatal(err)
	}
	now := strings.Replace(stored, `"gap":0.01,`, `"gap":0.01,"cell_error":0.02,"sum_error":0.03,`, 1)
	if string(text) != now {
		t.Errorf("is stored as\n%s, want\n%s", text, now)
	}
	if got := fromJSON(t, now, m.Values); !reflect.DeepEqual(got, m) {
		t.Errorf("came back as %+v, was %+v", got, m)
	}
	m.CellError, m.SumError = 0, 0
	if got := fromJSON(t, stored, m.Values); !reflect.DeepEqual(got, m) {
		t.Errorf("what older builds stored came back as %+v, was %+v", got, m)
	}
}

func fromJSON(t *testing.T, text string, values []float32) *attribution.Map {
	t.Helper()
	var h api.MapMeta
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		t.Fatal(err)
	}
	return Map(h, values)
}

// stored is the map above as builds up to schema version 3 stored it.
const stored = `{"width":2,"height":1,"method":"ig","target":"contrast","target_index":3,"minus_index":1,"score":0.1,"geometry":{"input_width":2,"input_height":1,"display_width":640,"display_height":480,"matrix":[1,2,3,4,5,6]},"evaluations":9,"correlation":0.3,"converged":true,"seconds":1.5,"seed":9223372036854775808,"layer":"conv","steps":7,"gap":0.01,"reason":"why","degenerate":"zero","class_agnostic":true,"baseline_score":-2,"channels":1,"layout":"NHWC"}`
