// Package bustest is what every bus.Bus must do for jobs to survive on it, as tests.
package bustest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sightline/sightline/jobs/bus"
)

// Fixture is a bus, and what may be done to it.
type Fixture struct {
	Bus      bus.Bus
	Replicas int    // of the stream
	Fail     func() // kills what leads; nil where that ends the bus
	Wipe     func() // all that it held goes, and it comes back; nil where that ends the bus
}

// ackWait is how soon a chunk is delivered again whose worker says nothing.
const ackWait = 500 * time.Millisecond

// Run runs all cases.
func Run(t *testing.T, f Fixture) {
	s := &suite{Fixture: f}
	s.open(t)
	for _, c := range []struct {
		name string
		test func(*testing.T)
	}{
		{"questions and answers", s.ask},
		{"the largest piece", s.large},
		{"everybody hears a call", s.broadcast},
		{"each chunk goes to one worker", s.once},
		{"a chunk that is not answered for", s.redelivered},
		{"signs of life", s.alive},
		{"handed back", s.handedBack},
		{"consumers do not mix", s.apart},
		{"a server of it dies", s.fail},
		{"it loses what it held", s.wipe},
	} {
		t.Run(c.name, c.test)
	}
}

type suite struct {
	Fixture
	server, worker *nats.Conn
	js             jetstream.JetStream // the server half's
	made           time.Time           // the stream
}

// open connects both halves and makes the stream as jobs does.
func (s *suite) open(t *testing.T) {
	t.Helper()
	var err error
	if s.server, err = s.Bus.Connect(); err == nil {
		s.worker, err = s.Bus.Address().Connect("worker", bus.Worker, bus.Forever)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.server.Close(); s.worker.Close() })
	if s.js, err = jetstream.New(s.server); err != nil {
		t.Fatal(err)
	}
	s.makeStream(t)
}

func (s *suite) makeStream(t *testing.T) {
	t.Helper()
	at := s.Bus.Address()
	var stream jetstream.Stream
	s.patiently(t, func(ctx context.Context) (err error) {
		stream, err = s.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
			Name: at.Stream(), Subjects: []string{at.Subject("chunk.>"), at.Subject("suspect.>")},
			Storage: jetstream.MemoryStorage, Retention: jetstream.WorkQueuePolicy, Replicas: s.Replicas,
		})
		return err
	})
	s.made = stream.CachedInfo().Created
	for name, of := range map[string]string{"workers": "chunk.>", "suspects": "suspect.>"} {
		s.patiently(t, func(ctx context.Context) error {
			_, err := stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
				Durable: name, FilterSubject: at.Subject(of), AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait,
				MaxDeliver: -1, MaxAckPending: -1, MaxWaiting: 4096,
			})
			return err
		})
	}
}

func (s *suite) patiently(t *testing.T, call func(context.Context) error) {
	t.Helper()
	if err := bus.Patiently(t.Context(), call); err != nil {
		t.Fatal(err)
	}
}

// offer puts a chunk on the stream.
func (s *suite) offer(t *testing.T, subject string) {
	t.Helper()
	s.patiently(t, func(ctx context.Context) error {
		_, err := s.js.Publish(ctx, s.Bus.Address().Subject(subject), nil)
		return err
	})
}

// consumer is one of the stream's as a worker has it.
func (s *suite) consumer(t *testing.T, name string) jetstream.Consumer {
	t.Helper()
	js, err := jetstream.New(s.worker)
	if err != nil {
		t.Fatal(err)
	}
	var c jetstream.Consumer
	s.patiently(t, func(ctx context.Context) (err error) {
		c, err = js.Consumer(ctx, s.Bus.Address().Stream(), name)
		return err
	})
	return c
}

// next is the next delivery within a time, nil if there is none.
func next(t *testing.T, c jetstream.Consumer, within time.Duration) jetstream.Msg {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	m, err := c.Next(jetstream.FetchContext(ctx))
	if err != nil {
		return nil
	}
	return m
}

// delivered is the next delivery, which must come within a time.
func delivered(t *testing.T, c jetstream.Consumer, within time.Duration) jetstream.Msg {
	t.Helper()
	m := next(t, c, within)
	if m == nil {
		t.Fatalf("nothing is delivered within %v", within)
	}
	return m
}

// acknowledge waits until the bus knows of it.
func (s *suite) acknowledge(t *testing.T, m jetstream.Msg) {
	t.Helper()
	s.patiently(t, func(ctx context.Context) error { return m.DoubleAck(ctx) })
}

func (s *suite) ask(t *testing.T) {
	at := s.Bus.Address()
	sub, err := s.server.Subscribe(at.Subject("ask.>"), func(m *nats.Msg) { _ = m.Respond(append([]byte("so "), m.Data...)) })
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Unsubscribe()
	s.server.Flush()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			said := fmt.Sprint("question ", i)
			m, err := s.worker.Request(at.Subject("ask.test"), []byte(said), 5*time.Second)
			if err != nil || string(m.Data) != "so "+said {
				t.Errorf("%s gives %v, %v", said, m, err)
			}
		})
	}
	all.Wait()
	if _, err := s.worker.Request(at.Subject("ask"), nil, 5*time.Second); !errors.Is(err, nats.ErrNoResponders) {
		t.Errorf("nobody hears it, and that is told as %v", err)
	}
}

// pieces are the largest messages that travel: half a megabyte and what is around it.
const piece = 512<<10 + 4096

func (s *suite) large(t *testing.T) {
	at := s.Bus.Address()
	sub, err := s.server.Subscribe(at.Subject("ask.piece"), func(m *nats.Msg) { _ = m.Respond(m.Data) })
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Unsubscribe()
	s.server.Flush()
	if m, err := s.worker.Request(at.Subject("ask.piece"), make([]byte, piece), 5*time.Second); err != nil || len(m.Data) != piece {
		t.Error(err)
	}
	if s.server.MaxPayload() < piece || s.worker.MaxPayload() < piece {
		t.Errorf("the largest message has %d bytes", s.worker.MaxPayload())
	}
}

func (s *suite) broadcast(t *testing.T) {
	at := s.Bus.Address()
	heard := make(chan string, 2)
	for i := range 2 {
		sub, err := s.worker.Subscribe(at.Subject("stop"), func(m *nats.Msg) { heard <- fmt.Sprint(i, string(m.Data)) })
		if err != nil {
			t.Fatal(err)
		}
		defer sub.Unsubscribe()
	}
	s.worker.Flush()
	if err := s.server.Publish(at.Subject("stop"), []byte(" stop")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		select {
		case <-heard:
		case <-time.After(5 * time.Second):
			t.Fatal("a worker did not hear it")
		}
	}
}

func (s *suite) once(t *testing.T) {
	const chunks, workers = 30, 3
	for i := range chunks {
		s.offer(t, fmt.Sprint("chunk.once.", i))
	}
	var mu sync.Mutex
	got := map[string]int{}
	var all sync.WaitGroup
	for range workers {
		c := s.consumer(t, "workers")
		all.Go(func() {
			for m := next(t, c, time.Second); m != nil; m = next(t, c, time.Second) {
				mu.Lock()
				got[m.Subject()]++
				mu.Unlock()
				s.acknowledge(t, m)
			}
		})
	}
	all.Wait()
	for subject, n := range got {
		if n != 1 {
			t.Errorf("%s was delivered %d times", subject, n)
		}
	}
	if len(got) != chunks || s.held(t) != 0 {
		t.Errorf("%d of %d chunks were delivered, %d are still held", len(got), chunks, s.held(t))
	}
}

// held is how many chunks the stream holds.
func (s *suite) held(t *testing.T) (n int) {
	t.Helper()
	s.patiently(t, func(ctx context.Context) error {
		stream, err := s.js.Stream(ctx, s.Bus.Address().Stream())
		if err == nil {
			n = int(stream.CachedInfo().State.Msgs)
		}
		return err
	})
	return n
}

func (s *suite) redelivered(t *testing.T) {
	s.offer(t, "chunk.again.0")
	c := s.consumer(t, "workers")
	first := delivered(t, c, 5*time.Second)
	if early := next(t, c, ackWait/5); early != nil {
		t.Error("it is delivered again at once")
	}
	second := delivered(t, c, 10*ackWait)
	if second.Subject() != first.Subject() {
		t.Fatalf("delivered again: %v", second)
	}
	if info, err := second.Metadata(); err != nil || info.NumDelivered != 2 {
		t.Errorf("got %+v, %v", info, err)
	}
	s.acknowledge(t, second)
}

func (s *suite) alive(t *testing.T) {
	s.offer(t, "chunk.alive.0")
	c := s.consumer(t, "workers")
	m := delivered(t, c, 5*time.Second)
	for range 9 { // three times as long as may pass without a sign
		if err := m.InProgress(); err != nil {
			t.Fatal(err)
		}
		if again := next(t, c, ackWait/3); again != nil {
			t.Fatal("it is delivered again although its worker gives signs of life")
		}
	}
	s.acknowledge(t, m)
}

func (s *suite) handedBack(t *testing.T) {
	s.offer(t, "chunk.back.0")
	c := s.consumer(t, "workers")
	if err := delivered(t, c, 5*time.Second).NakWithDelay(ackWait / 2); err != nil {
		t.Fatal(err)
	}
	s.acknowledge(t, delivered(t, c, 5*time.Second))
}

func (s *suite) apart(t *testing.T) {
	s.offer(t, "chunk.apart.0")
	s.offer(t, "suspect.apart.0")
	for name, of := range map[string]string{"suspects": "suspect.apart.0", "workers": "chunk.apart.0"} {
		c := s.consumer(t, name)
		m := delivered(t, c, 5*time.Second)
		if m.Subject() != s.Bus.Address().Subject(of) {
			t.Fatalf("%s: got %s", name, m.Subject())
		}
		s.acknowledge(t, m)
		if m := next(t, c, ackWait/5); m != nil {
			t.Errorf("%s: got %s, too", name, m.Subject())
		}
	}
}

// fail kills what leads while chunks are offered: all that were taken are there afterwards.
func (s *suite) fail(t *testing.T) {
	if s.Fail == nil {
		t.Skip("it is one server")
	}
	const chunks = 40
	for i := range chunks {
		if i == chunks/4 {
			s.Fail()
		}
		s.offer(t, fmt.Sprint("chunk.fail.", i))
	}
	got := map[string]bool{}
	c := s.consumer(t, "workers")
	for deadline := time.Now().Add(bus.Patience); len(got) < chunks && time.Now().Before(deadline); {
		if m := next(t, c, time.Second); m != nil {
			got[m.Subject()] = true
			s.acknowledge(t, m)
		}
	}
	if len(got) != chunks {
		t.Errorf("%d of %d chunks survived", len(got), chunks)
	}
}

// wipe takes all that it held: both halves find it again, and the stream is seen to be another.
func (s *suite) wipe(t *testing.T) {
	if s.Bus.Lasts() {
		t.Skip("it holds what it was given for as long as this process lives")
	}
	if s.Wipe == nil {
		t.Fatal("a bus that does not last says so, and the test does not make it fail")
	}
	s.offer(t, "chunk.wiped.0")
	before := s.made
	s.Wipe()
	s.makeStream(t)
	if s.made.Equal(before) || s.held(t) != 0 {
		t.Errorf("the stream holds %d chunks, made %v and before that %v", s.held(t), s.made, before)
	}
	s.offer(t, "chunk.wiped.1")
	s.acknowledge(t, delivered(t, s.consumer(t, "workers"), bus.Patience)) // what was offered afterwards
}
