package explain

import (
	"reflect"
	"testing"
)

func TestMapOptionsNormal(t *testing.T) {
	plain := MapOptions{Method: "rise", Target: "true", Seed: 3}
	for _, same := range []MapOptions{
		{Method: "rise", Target: "true", Options: map[string]string{"seed": "3"}},
		{Method: "rise", Target: "true", Seed: 3, Options: map[string]string{"scaling": "centred", "fill": "mean"}},
	} {
		n, err := same.Normal()
		if err != nil {
			t.Fatal(err)
		}
		if n.Key() != plain.Key() {
			t.Errorf("%+v has the key %s, want %s", same, n.Key(), plain.Key())
		}
	}
	other, err := MapOptions{Method: "rise", Target: "true", Options: map[string]string{"scaling": "published", "fill": "1,2,3"}}.Normal()
	if err != nil {
		t.Fatal(err)
	}
	if want := "rise~true~0~fill=1,2,3~scaling=published"; other.Key() != want {
		t.Errorf("key %s, want %s", other.Key(), want)
	}
	for _, bad := range []map[string]string{{"scaling": "loud"}, {"grid": "3"}, {"fill": "1,2"}, {"seed": "-1"}} {
		if _, err := (MapOptions{Method: "rise", Options: bad}).Normal(); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}

func TestKeysAreReadBack(t *testing.T) {
	for _, o := range []MapOptions{
		{Method: "rise", Target: "class:3", Seed: 7, Options: map[string]string{"fill": "1,2,3", "scaling": "published"}},
		{Method: "gradcam", Target: "predicted", Options: map[string]string{"layer": "/a/b=c"}},
		{Method: "gradient", Target: "contrast"},
	} {
		if got, ok := ParseKey(o.Key()); !ok || !reflect.DeepEqual(got, o) {
			t.Errorf("%q is read as %+v", o.Key(), got)
		}
	}
	for _, key := range []string{"", "rise", "rise~predicted", "rise~predicted~x", "rise~predicted~1~fill"} {
		if _, ok := ParseKey(key); ok {
			t.Errorf("%q passes for a key", key)
		}
	}
}
