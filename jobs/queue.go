package jobs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/jobs/children"
)

// Queue is an embedded NATS JetStream server on a random loopback port, open
// only to who knows this run's token. It keeps messages in memory: see the
// package comment for why that loses nothing. It is the bus.Bus of one machine.
type Queue struct {
	server *server.Server
	token  string
	dir    string
}

const (
	consumerName = "workers"  // of chunks
	suspectsName = "suspects" // of suspect chunks

	maxPayload    = 1 << 20   // as of servers that nobody configured: what is larger is cut
	memoryLimit   = 256 << 20 // messages are tiny: about 100 bytes a chunk
	startDeadline = 10 * time.Second
)

// StartQueue starts the server and waits until it answers.
func StartQueue() (*Queue, error) {
	token, err := randomHex(16)
	if err != nil {
		return nil, err
	}
	// JetStream insists on a directory even when every stream is in memory.
	removeStale()
	dir, err := os.MkdirTemp("", fmt.Sprintf("sightline-queue-%d-", os.Getpid()))
	if err != nil {
		return nil, fmt.Errorf("make a folder for the queue: %w", err)
	}
	q := &Queue{token: token, dir: dir}
	if err := q.start(); err != nil {
		q.Close()
		return nil, err
	}
	return q, nil
}

// removeStale removes the folders of servers that were killed.
func removeStale() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), "sightline-queue-*-*"))
	for _, dir := range dirs {
		var pid int
		if _, err := fmt.Sscanf(filepath.Base(dir), "sightline-queue-%d-", &pid); err == nil && syscall.Kill(pid, 0) == syscall.ESRCH {
			os.RemoveAll(dir)
		}
	}
}

func (q *Queue) start() error {
	s, err := server.NewServer(&server.Options{
		ServerName: "sightline", Host: "127.0.0.1", Port: server.RANDOM_PORT, Authorization: q.token,
		JetStream: true, StoreDir: q.dir, JetStreamMaxMemory: memoryLimit, JetStreamMaxStore: 1 << 20,
		MaxPayload: maxPayload, NoSigs: true, NoLog: true,
	})
	if err != nil {
		return fmt.Errorf("set up the queue: %w", err)
	}
	q.server = s
	s.Start()
	if !s.ReadyForConnections(startDeadline) {
		return fmt.Errorf("the queue did not start within %v on the loopback interface: is 127.0.0.1 usable?", startDeadline)
	}
	return nil
}

// Address implements bus.Bus.
func (q *Queue) Address() bus.Address {
	return bus.Address{URL: q.URL(), Token: q.token, Workspace: bus.Local}
}

// Lasts implements bus.Bus.
func (q *Queue) Lasts() bool { return true }

// URL is where workers connect, with Token.
func (q *Queue) URL() string { return q.server.ClientURL() }

// Token is the secret of this run.
func (q *Queue) Token() string { return q.token }

// Close stops the server and drops what it held.
func (q *Queue) Close() {
	if q.server != nil {
		q.dropStream()
		q.server.Shutdown()
		q.server.WaitForShutdown()
	}
	os.RemoveAll(q.dir)
}

// dropStream ends the requests for chunks that workers left behind: the server would tell each
// of them that it closes, and give them a twentieth of a second to hear it.
func (q *Queue) dropStream() {
	nc, err := q.Connect()
	if err != nil {
		return
	}
	defer nc.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if js, err := jetstream.New(nc); err == nil {
		_ = js.DeleteStream(ctx, q.Address().Stream()) // else closing takes a moment longer
	}
}

// Connect implements bus.Bus: inside the process.
func (q *Queue) Connect() (*nats.Conn, error) {
	return q.Address().Connect("manager", bus.Server, nats.InProcessServer(q.server))
}

// Supervise starts workers of m as children of this process; they come up in the background.
// Each finds the queue through its environment. The options' Given and Lost are set here.
func Supervise(m *Manager, o children.Options) *children.Supervisor {
	o.Lost = m.WorkerLost
	o.Given = func(worker string) []string {
		return append(m.bus.Address().Environment(), envID+"="+worker, envIncoming+"="+m.Incoming())
	}
	return children.Supervise(o)
}

func randomHex(n int) (string, error) {
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("make a random token: %w", err)
	}
	return hex.EncodeToString(b), nil
}
