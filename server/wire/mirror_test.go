package wire

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/sightline/sightline/classifier"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/trust"
)

// The types of package api that mirror another package's have its fields, by the names
// they travel under, and no others.
func TestMirrorsHaveTheSameFields(t *testing.T) {
	for _, pair := range [][2]any{
		{trust.Trust{}, api.Trust{}}, {trust.Randomisation{}, api.Randomisation{}}, {classifier.Spec{}, api.Model{}},
	} {
		sameFields(t, reflect.TypeOf(pair[0]), reflect.TypeOf(pair[1]), reflect.TypeOf(pair[1]).String())
	}
}

func sameFields(t *testing.T, a, b reflect.Type, where string) {
	t.Helper()
	if a.Kind() != b.Kind() {
		t.Errorf("%s is a %v, should be a %v as in %v", where, b.Kind(), a.Kind(), a)
		return
	}
	switch a.Kind() {
	case reflect.Slice:
		sameFields(t, a.Elem(), b.Elem(), where+"[]")
	case reflect.Struct:
		ours, theirs := exported(a), exported(b)
		for name, field := range ours {
			other, ok := theirs[name]
			if !ok {
				t.Errorf("%s lacks %s of %v", where, name, a)
				continue
			}
			sameFields(t, field.Type, other.Type, where+"."+name)
			delete(theirs, name)
		}
		for name := range theirs {
			t.Errorf("%s has %s, which %v does not", where, name, a)
		}
	}
}

// exported lists the fields that travel, by their JSON tag with its options.
func exported(s reflect.Type) map[string]reflect.StructField {
	fields := map[string]reflect.StructField{}
	for i := range s.NumField() {
		if f := s.Field(i); f.IsExported() {
			fields[f.Tag.Get("json")] = f
		}
	}
	return fields
}

// No field is lost on the way from our types to those that travel: both write the same
// JSON when every field has a value, and when none has.
func TestMirrorsLoseNothing(t *testing.T) {
	var full trust.Trust
	fill(reflect.ValueOf(&full).Elem(), new(int))
	var stages trust.Randomisation
	fill(reflect.ValueOf(&stages).Elem(), new(int))
	var spec classifier.Spec
	fill(reflect.ValueOf(&spec).Elem(), new(int))
	var model api.Model
	if err := json.Unmarshal([]byte(asJSON(t, spec)), &model); err != nil {
		t.Fatal(err)
	}
	for _, pair := range [][2]any{
		{full, Trust(full)}, {trust.Trust{}, Trust(trust.Trust{})},
		{stages, Randomisation(stages)}, {trust.Randomisation{}, Randomisation(trust.Randomisation{})},
		{spec, model},
	} {
		want, got := asJSON(t, pair[0]), asJSON(t, pair[1])
		if want != got {
			t.Errorf("%T\n%s travels as\n%s", pair[0], want, got)
		}
	}
	if strings.Contains(asJSON(t, full), ":0,") {
		t.Errorf("the test leaves fields empty: %s", asJSON(t, full))
	}
}

// fill gives every field another value.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), n)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString("text" + string(rune('a'+*n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.25)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
