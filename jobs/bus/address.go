package bus

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Local is the workspace id on an embedded server, which serves no other.
const Local = "local"

// Address says where the bus is and who may use it. A child process gets it by Environment.
type Address struct {
	URL         string // nats://HOST:PORT or tls://HOST:PORT; several with commas between them
	Token       string // of an embedded server
	Credentials string // file: see userOf; "" for none
	CA          string // file of the certificates that sign the servers'; "" for the system's
	Cert, Key   string // files of the client's certificate; "" for none
	Workspace   string // random id under which the workspace's subjects lie
}

// Names of the environment variables that carry an Address to a child.
const (
	envURL         = "SIGHTLINE_QUEUE_URL"
	envToken       = "SIGHTLINE_QUEUE_TOKEN"
	envCredentials = "SIGHTLINE_QUEUE_CREDENTIALS"
	envCA          = "SIGHTLINE_QUEUE_CA"
	envCert        = "SIGHTLINE_QUEUE_CERT"
	envKey         = "SIGHTLINE_QUEUE_KEY"
	envWorkspace   = "SIGHTLINE_QUEUE_WORKSPACE"
)

func (a *Address) variables() map[string]*string {
	return map[string]*string{envURL: &a.URL, envToken: &a.Token, envCredentials: &a.Credentials, envCA: &a.CA,
		envCert: &a.Cert, envKey: &a.Key, envWorkspace: &a.Workspace}
}

// Environment is what FromEnvironment reads.
func (a Address) Environment() (list []string) {
	for name, value := range a.variables() {
		list = append(list, name+"="+*value)
	}
	return list
}

// FromEnvironment is the address that a parent gave this process.
func FromEnvironment() (a Address, err error) {
	for name, value := range a.variables() {
		*value = os.Getenv(name)
	}
	if a.Workspace == "" {
		a.Workspace = Local
	}
	if a.URL == "" || a.Workspace == Local && a.Token == "" {
		return a, fmt.Errorf("a worker needs %s and %s in its environment, which `sightline serve` sets; by hand it is started with `sightline worker --nats URL --workspace-id ID`", envURL, envToken)
	}
	return a, nil
}

// Role is which end of the bus somebody is at. Permissions tell the two apart by where their
// answers go.
type Role string

// The roles.
const (
	Server Role = "server"
	Worker Role = "worker"
)

// Inbox is the subject under which those of a role await their answers.
func (a Address) Inbox(r Role) string { return "_INBOX." + a.Workspace + "." + string(r) }

// Subject is one of the workspace's subjects.
func (a Address) Subject(name string) string { return "sightline." + a.Workspace + "." + name }

// Stream is the name of the workspace's stream of chunks.
func (a Address) Stream() string { return "SIGHTLINE-" + a.Workspace }

const (
	// pingEvery and pingsLost tell a cut connection within six seconds; a client's own values
	// take four minutes.
	pingEvery = 2 * time.Second
	pingsLost = 2

	reconnectWait = 200 * time.Millisecond
	connectWait   = 5 * time.Second
)

// Connect opens a connection.
func (a Address) Connect(name string, role Role, options ...nats.Option) (*nats.Conn, error) {
	all := []nats.Option{nats.Name(name), nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(pingsLost), nats.Timeout(connectWait),
		nats.ReconnectWait(reconnectWait), nats.CustomInboxPrefix(a.Inbox(role)), nats.ErrorHandler(tellError)}
	if a.Token != "" {
		all = append(all, nats.Token(a.Token))
	}
	if a.Credentials != "" {
		user, err := userOf(a.Credentials)
		if err != nil {
			return nil, err
		}
		all = append(all, user)
	}
	if a.CA != "" {
		all = append(all, nats.RootCAs(a.CA))
	}
	if a.Cert != "" {
		all = append(all, nats.ClientCert(a.Cert, a.Key))
	}
	nc, err := nats.Connect(a.URL, append(all, options...)...)
	if err != nil {
		return nil, fmt.Errorf("connect to the queue at %s: %w%s", a.URL, err, advice(err))
	}
	return nc, nil
}

// tellError tells of an error that no call returns. A connection that is cut is none: it is made again,
// or its server has ended, as it does after every command.
func tellError(_ *nats.Conn, _ *nats.Subscription, err error) {
	var network *net.OpError
	if errors.As(err, &network) || errors.Is(err, io.EOF) {
		return
	}
	fmt.Fprintf(os.Stderr, "the queue: %v\n", err)
}

// advice says what to do about an error of connecting.
func advice(err error) string {
	switch {
	case errors.Is(err, nats.ErrNoServers):
		return ": is nats-server running there, and may this machine reach it?"
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), strings.Contains(err.Error(), "nkeys not supported"):
		return ": are these its credentials? Name their file with --nats-creds"
	case strings.Contains(err.Error(), "x509"), strings.Contains(err.Error(), "tls"):
		return ": name the file of the certificate that signed the server's with --nats-ca"
	}
	return ""
}

// userOf reads a file of credentials: what `nsc` writes (a token and a seed), a seed alone
// (SU…), or a user's name and password in two lines. They are in a file because flags are seen
// by every user of a machine.
func userOf(file string) (nats.Option, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the credentials of the queue: %w", err)
	}
	text := strings.TrimSpace(string(data))
	switch {
	case strings.Contains(text, "BEGIN NATS USER JWT"):
		return nats.UserCredentials(file), nil
	case strings.HasPrefix(text, "SU"):
		option, err := nats.NkeyOptionFromSeed(file)
		if err != nil {
			return nil, fmt.Errorf("read the seed in %s: %w", file, err)
		}
		return option, nil
	}
	name, password, two := strings.Cut(text, "\n")
	if !two {
		return nil, fmt.Errorf("%s holds no credentials of NATS: it must be what `nsc` writes, a seed that begins with SU, or a name and a password in two lines", file)
	}
	return nats.UserInfo(strings.TrimSpace(name), strings.TrimSpace(password)), nil
}
