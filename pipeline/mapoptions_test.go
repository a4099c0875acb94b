package pipeline

import (
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
