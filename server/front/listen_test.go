package front

import (
	"net"
	"strings"
	"testing"
)

func TestListenSaysWhatToDo(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for address, want := range map[string]string{l.Addr().String(): "--listen 127.0.0.1:0", "7878": "HOST:PORT", "256.0.0.1:80": "--listen HOST:PORT"} {
		if _, err := Listen(address); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("listen(%q) = %v, want a message with %q", address, err, want)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for address, want := range map[string]bool{"127.0.0.1:80": true, "[::1]:80": true, "localhost:0": true, "127.8.8.8:1": true,
		"0.0.0.0:80": false, ":80": false, "192.168.0.2:80": false, "example.org:80": false, "nonsense": false} {
		if got := IsLoopback(address); got != want {
			t.Errorf("isLoopback(%q) = %v", address, got)
		}
	}
}
