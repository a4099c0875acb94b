package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Finding is what was found out about a NATS server.
type Finding struct {
	What string `json:"what"`
	Said string `json:"said"`
	Bad  bool   `json:"bad"` // it keeps the server or its workers from working
}

const (
	leastPayload = 64 << 10    // below it messages of claims do not fit
	slowTrip     = time.Second // a round trip above it makes signs of life late
	mostSkew     = 10 * time.Second
)

// Examine connects as a server of a workspace would, and tries what it needs there: a stream of
// its own, which goes again.
func Examine(ctx context.Context, a Address) ([]Finding, error) {
	nc, err := a.Connect("sightline-doctor", Server)
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	list := []Finding{{What: "server", Said: fmt.Sprintf("nats-server %s at %s, cluster %q", nc.ConnectedServerVersion(), nc.ConnectedUrlRedacted(), nc.ConnectedClusterName())}}
	trip, err := nc.RTT()
	list = append(list, Finding{"round trip", trip.Round(10 * time.Microsecond).String(), err != nil || trip > slowTrip})
	list = append(list, Finding{"largest message", fmt.Sprintf("%d bytes (max_payload; %d are needed)", nc.MaxPayload(), leastPayload), nc.MaxPayload() < leastPayload})
	return append(list, examineStream(ctx, nc, a)...), nil
}

// examineStream makes a stream, sends a message through it and compares clocks.
func examineStream(ctx context.Context, nc *nats.Conn, a Address) []Finding {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	bad := func(what string, err error) []Finding { return []Finding{{what, err.Error(), true}} }
	js, err := jetstream.New(nc)
	if err != nil {
		return bad("JetStream", err)
	}
	config := jetstream.StreamConfig{Name: a.Stream(), Subjects: []string{a.Subject("doctor")}, Storage: jetstream.MemoryStorage, MaxAge: time.Minute}
	stream, err := js.CreateStream(ctx, config)
	if err != nil {
		return bad("JetStream", fmt.Errorf("no stream can be made: %w; start nats-server with -js, and enable JetStream for the account of these credentials", err))
	}
	defer func() { _ = js.DeleteStream(ctx, a.Stream()) }() // or it empties itself in a minute
	list := []Finding{{What: "JetStream", Said: "a stream can be made"}}
	if _, err := js.Publish(ctx, a.Subject("doctor"), nil); err != nil {
		return append(list, bad("publish", err)...)
	}
	consumer, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		return append(list, bad("consumer", err)...)
	}
	msg, err := consumer.Next(jetstream.FetchContext(ctx))
	if err != nil {
		return append(list, bad("pull", err)...)
	}
	list = append(list, Finding{What: "messages", Said: "one went to the stream and was pulled from it"})
	if meta, err := msg.Metadata(); err == nil {
		skew := time.Since(meta.Timestamp).Round(time.Millisecond)
		list = append(list, Finding{"clocks", fmt.Sprintf("the server's and this machine's differ by %v", skew), skew.Abs() > mostSkew})
	}
	return list
}
