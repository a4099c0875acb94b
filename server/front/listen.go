package front

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// DefaultListen is where serve listens unless told otherwise.
const DefaultListen = "127.0.0.1:7878"

// Listen opens the address HOST:PORT. Its errors say what to do.
func Listen(address string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, fmt.Errorf("%q is not an address to listen on: write HOST:PORT, for example %s", address, DefaultListen)
	}
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another program: stop it, or choose a free port with --listen 127.0.0.1:0", address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("no permission to listen on %s: choose a port above 1023, for example --listen 127.0.0.1:0", address)
	case err != nil:
		return nil, fmt.Errorf("cannot listen on %s: %w; choose another address with --listen HOST:PORT", address, err)
	}
	return l, nil
}

// IsLoopback reports whether an address HOST:PORT is only reachable from this
// machine.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// BrowseAddress is the address to show for a listener: one that a browser on
// this machine can open even if the listener is bound to every interface.
func BrowseAddress(l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if addr, err := netip.ParseAddr(host); err == nil && addr.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
