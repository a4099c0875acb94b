package server_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sightline/sightline/server"
)

// A connection that has asked something and then asks nothing more is closed by the server.
func TestIdleConnectionsAreClosed(t *testing.T) {
	t.Parallel()
	s := startWith(t, server.Options{Idle: 100 * time.Millisecond})
	host := strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/")
	conn, err := net.Dial("tcp", host)
	must(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "GET /api/status HTTP/1.1\r\nHost: %s\r\n\r\n", host)
	must(t, err)
	from := bufio.NewReader(conn)
	answer, err := http.ReadResponse(from, nil)
	must(t, err)
	_, err = io.Copy(io.Discard, answer.Body)
	must(t, err)
	if answer.StatusCode != http.StatusOK || answer.Close {
		t.Fatalf("answered %s, closing: %v", answer.Status, answer.Close)
	}
	must(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	if _, err := from.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("an idle connection: %v, want to be closed", err)
	}
}
