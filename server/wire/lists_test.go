package wire

import "testing"

func TestHeaderTextIsASCII(t *testing.T) {
	got, err := HeaderText(map[string]string{"name": "Käse 🧀\n"})
	if want := `{"name":"K\u00e4se \ud83e\uddc0\n"}`; err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}
