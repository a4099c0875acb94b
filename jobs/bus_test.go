package jobs

import (
	"os"
	"strings"
	"testing"

	"github.com/sightline/sightline/internal/natstest"
	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/jobs/bustest"
)

// The embedded bus, a nats-server that nobody configured, and a cluster of three do the same.
func TestBus(t *testing.T) {
	t.Run("embedded", func(t *testing.T) {
		q, err := StartQueue()
		if err != nil {
			t.Fatal(err)
		}
		defer q.Close()
		bustest.Run(t, bustest.Fixture{Bus: q, Replicas: 1})
	})
	t.Run("a nats-server", func(t *testing.T) {
		n := natstest.Start(t, "")
		bustest.Run(t, bustest.Fixture{Bus: external(t, n.URL()), Replicas: 1, Wipe: func() {
			n.Kill()
			n.Wipe()
			n.Run()
		}})
	})
	t.Run("a cluster", func(t *testing.T) {
		if os.Getenv("SIGHTLINE_CLUSTER_TEST") == "" {
			t.Skip("three nats-servers that elect leaders take half a minute: make cluster-test")
		}
		nodes := natstest.StartCluster(t, 3)
		dead := false
		bustest.Run(t, bustest.Fixture{Bus: external(t, nodes[0].URL(), nodes[1].URL(), nodes[2].URL()), Replicas: 3,
			Fail: func() { nodes[0].Kill(); dead = true },
			Wipe: func() {
				if !dead {
					t.Error("no node died before")
				}
				for _, n := range nodes {
					n.Kill()
					n.Wipe()
				}
				for _, n := range nodes {
					n.Run()
				}
			}})
	})
}

func external(t *testing.T, urls ...string) bus.Bus {
	t.Helper()
	b, err := bus.NewExternal(bus.Address{URL: strings.Join(urls, ","), Workspace: "test_workspace"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}
