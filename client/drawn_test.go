package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sightline/sightline/server/api"
)

// An answer that is cut off is an error, after the maps that came whole; so is what the
// receiver says.
func TestDrawnIsCutOff(t *testing.T) {
	part := func(kind, content string) string {
		return fmt.Sprintf("--b\r\nContent-Type: %s\r\nX-Sightline-Sample: 7\r\nX-Sightline-Map: {\"method\":\"rise\"}\r\n\r\n%s\r\n", kind, content)
	}
	whole := part("application/x-npy", "array") + part("image/png", "image") + part("application/x-npy", "second")
	answer := whole + "--b--\r\n"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/mixed; boundary=b")
		fmt.Fprint(w, answer)
	}))
	defer s.Close()
	read := func(stop error) (maps []DrawnMap, err error) {
		err = New(s.URL, "").Drawn(t.Context(), "e", api.DrawnRequest{}, func(m DrawnMap) error {
			maps = append(maps, m)
			return stop
		})
		return maps, err
	}
	maps, err := read(nil)
	if err != nil || len(maps) != 2 || maps[0].Sample != 7 || string(maps[0].NPY) != "array" || string(maps[0].PNG) != "image" || maps[1].PNG != nil {
		t.Errorf("%+v, %v", maps, err)
	}
	enough := errors.New("enough")
	if maps, err = read(enough); err != enough || len(maps) != 1 {
		t.Errorf("%d maps, %v", len(maps), err)
	}
	answer = whole
	if maps, err = read(nil); err == nil || len(maps) != 1 {
		t.Errorf("cut off: %d maps, %v", len(maps), err)
	}
}
