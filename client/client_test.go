package client

import (
	"net/http/httptest"
	"strings"
	"testing"
)

// A server that has ended is told apart from one that answers badly.
func TestEndedServer(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	_, err := New(s.URL, "").Jobs(t.Context())
	if err == nil || !strings.Contains(err.Error(), s.URL+" has ended: run the same command again") {
		t.Errorf("got %v", err)
	}
}
