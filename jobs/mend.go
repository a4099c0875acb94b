package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/sightline/sightline/jobs/bus"
)

// mendEvery is how often the server looks whether an external queue still holds what it was
// given.
const mendEvery = 2 * time.Second

// openStream makes the stream of chunks and its consumers where they are not there.
func (m *Manager) openStream(ctx context.Context) error {
	var stream jetstream.Stream
	err := bus.Patiently(ctx, func(ctx context.Context) (err error) {
		stream, err = m.js.CreateOrUpdateStream(ctx, m.streamConfig())
		return err
	})
	if err != nil {
		return fmt.Errorf("create the stream of chunks: %w%s", err, streamAdvice(err))
	}
	for _, name := range []string{consumerName, suspectsName} {
		err := bus.Patiently(ctx, func(ctx context.Context) error {
			_, err := stream.CreateOrUpdateConsumer(ctx, m.consumerConfig(name))
			return err
		})
		if err != nil {
			return fmt.Errorf("create the consumer of %s: %w", name, err)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.streamMade = stream.CachedInfo().Created
	return nil
}

func streamAdvice(err error) string {
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return ": start nats-server with JetStream (-js), and enable it for the account of these credentials"
	}
	return ""
}

func (m *Manager) streamConfig() jetstream.StreamConfig {
	at := m.bus.Address()
	return jetstream.StreamConfig{
		Name: at.Stream(), Subjects: []string{at.Subject(subjectChunk) + ".>", at.Subject(subjectSuspect) + ".>"},
		Storage: jetstream.MemoryStorage, Retention: jetstream.WorkQueuePolicy, Replicas: m.opts.Replicas,
	}
}

// consumerConfig is of the consumer of chunks or, with the other name, suspects.
func (m *Manager) consumerConfig(name string) jetstream.ConsumerConfig {
	subject := subjectChunk
	if name == suspectsName {
		subject = subjectSuspect
	}
	return jetstream.ConsumerConfig{
		Durable: name, FilterSubject: m.bus.Address().Subject(subject) + ".>", AckPolicy: jetstream.AckExplicitPolicy, AckWait: m.opts.AckWait,
		MaxDeliver: -1, MaxAckPending: -1, MaxWaiting: 4096,
	}
}

// mendUntil looks after an external queue until the manager closes.
func (m *Manager) mendUntil(done <-chan struct{}) {
	tick := time.NewTicker(mendEvery)
	defer tick.Stop()
	short := 0
	for {
		select {
		case <-done:
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), bus.Patience+mendEvery)
			short = m.mend(ctx, short)
			cancel()
		}
	}
}

// mend makes the stream anew where it went, and offers chunks again that are on it no more.
// Short counts the looks in a row at which it held fewer than it should: one alone may fall
// between an offer and its arrival.
func (m *Manager) mend(ctx context.Context, short int) int {
	stream, err := m.js.Stream(ctx, m.bus.Address().Stream())
	if err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return short // the connection or the cluster is being restored
	}
	gone := err != nil
	if !gone {
		_, err := stream.Consumer(ctx, consumerName)
		gone = errors.Is(err, jetstream.ErrConsumerNotFound) || !stream.CachedInfo().Created.Equal(m.made())
	}
	switch {
	case gone:
		m.opts.Log.Warn("the queue lost its chunks: they are offered again")
		if err := m.openStream(ctx); err != nil {
			m.opts.Log.Error("the queue could not be made anew", "err", err)
			return short
		}
		m.forgetDeliveries()
	case stream.CachedInfo().State.Msgs >= uint64(m.waiting()):
		return 0
	case short < 2:
		return short + 1
	}
	m.offerWaiting()
	return 0
}

func (m *Manager) made() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.streamMade
}

// waiting counts the open chunks that no worker has.
func (m *Manager) waiting() (n int) {
	m.eachOpen(func(c *openChunk) {
		if c.claim == nil {
			n++
		}
	})
	return n
}

// forgetDeliveries keeps words of deliveries of a stream that went from its successor, where
// the same numbers mean other chunks.
func (m *Manager) forgetDeliveries() {
	m.eachOpen(func(c *openChunk) {
		if c.claim != nil {
			c.claim.ack = ""
		}
	})
}

func (m *Manager) offerWaiting() {
	m.eachOpen(func(c *openChunk) {
		if c.claim == nil {
			if err := m.offer(c); err != nil {
				m.opts.Log.Error("a chunk could not be offered again", "job", c.Job, "chunk", c.Seq, "err", err)
			}
		}
	})
}

func (m *Manager) eachOpen(do func(*openChunk)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tracked {
		if t.ended {
			continue
		}
		for _, c := range t.open {
			do(c)
		}
	}
}

// purgeAll takes what a former server left off the queue.
func (m *Manager) purgeAll(ctx context.Context) error {
	return bus.Patiently(ctx, func(ctx context.Context) error {
		stream, err := m.js.Stream(ctx, m.bus.Address().Stream())
		if err == nil {
			err = stream.Purge(ctx)
		}
		return err
	})
}
