package bus

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// A Bus is an embedded or external server as the server half sees it.
type Bus interface {
	// Address is where workers find it.
	Address() Address
	// Connect opens the server half's connection.
	Connect() (*nats.Conn, error)
	// Lasts tells that the bus holds what it was given for as long as this process lives, so
	// that nobody need look whether it was emptied.
	Lasts() bool
	Close()
}

// External is a server, or a cluster of them, that runs already.
type External struct{ address Address }

var validID = regexp.MustCompile(`^[A-Za-z0-9_]{8,64}$`)

// NewExternal checks an address. Nothing is connected yet.
func NewExternal(a Address) (*External, error) {
	if !validID.MatchString(a.Workspace) {
		return nil, fmt.Errorf("%q is no workspace id: `sightline serve --nats URL` prints it", a.Workspace)
	}
	for one := range strings.SplitSeq(a.URL, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return nil, fmt.Errorf("--nats %q: must be nats://HOST:PORT or tls://HOST:PORT, or several with commas between them", one)
		}
		if u.User != nil {
			return nil, errors.New("--nats has a name or password in it, which every user of this machine can see: put it into a file and name that with --nats-creds")
		}
	}
	if (a.Cert == "") != (a.Key == "") {
		return nil, errors.New("--nats-cert and --nats-key go together")
	}
	return &External{a}, nil
}

// Address implements Bus.
func (e *External) Address() Address { return e.address }

// Connect implements Bus. It reconnects for as long as it takes.
func (e *External) Connect() (*nats.Conn, error) {
	return e.address.Connect("sightline-server", Server, Forever)
}

// Forever is the option of connections that outlive their server.
func Forever(o *nats.Options) error {
	o.MaxReconnect, o.ReconnectJitter, o.ReconnectBufSize = -1, 100*time.Millisecond, 64<<20
	return nil
}

// Lasts implements Bus.
func (e *External) Lasts() bool { return false }

// Close implements Bus: it is not ours to stop.
func (e *External) Close() {}
