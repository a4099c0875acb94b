package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// ErrWorkerLost says that a worker died while answering a call, twice.
var ErrWorkerLost = errors.New("the worker process crashed while answering")

// ErrNoWorker says that no worker came up in time.
var ErrNoWorker = errors.New("no worker is running")

const (
	callTries   = 2
	callSilence = 15 * time.Second // a worker that answers says something every second
	findAgain   = 50 * time.Millisecond
	sendAgain   = time.Second
)

// Call asks a worker and passes on each of its replies, the last one included.
// If a worker dies of it, another is asked, once; then replies may repeat. When
// ctx ends, or onReply returns an error, the worker is told to stop.
func (m *Manager) Call(ctx context.Context, name string, payload []byte, onReply func([]byte) error) error {
	id, err := randomHex(8)
	if err != nil {
		return err
	}
	inline, large, err := m.enclose(id, payload)
	if err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	defer m.drop(large)
	for range callTries {
		if err = m.callOnce(ctx, name, inline, large, onReply); !errors.Is(err, ErrWorkerLost) {
			return err
		}
	}
	return err
}

// CallOne is Call for requests with a single reply.
func (m *Manager) CallOne(ctx context.Context, name string, payload []byte) ([]byte, error) {
	var last []byte
	err := m.Call(ctx, name, payload, func(data []byte) error {
		last = data
		return nil
	})
	return last, err
}

func (m *Manager) callOnce(ctx context.Context, name string, payload []byte, large string, onReply func([]byte) error) error {
	id, err := randomHex(8)
	if err != nil {
		return err
	}
	c := &call{m: m, id: id, frames: make(chan *nats.Msg, 256), onReply: onReply, release: func() {}}
	inbox := m.nc.NewRespInbox()
	sub, err := m.nc.ChanSubscribe(inbox, c.frames)
	if err != nil {
		return fmt.Errorf("call %s: %w", name, err)
	}
	defer sub.Unsubscribe()
	defer func() { c.release() }()
	msg := nats.NewMsg(m.subject(subjectCall) + "." + name)
	msg.Reply, msg.Data = inbox, payload
	msg.Header.Set(headerCall, id)
	if large != "" {
		msg.Header.Set(headerLarge, large)
	}
	if err = c.find(ctx, msg); err == nil {
		err = c.listen(ctx)
	}
	if errors.Is(err, errFinished) {
		return nil
	}
	if err != nil {
		m.nc.Publish(m.subject(subjectStop), []byte(id)) // in case the worker still works on it
	}
	return err
}

// call is one request on its way.
type call struct {
	m       *Manager
	id      string
	frames  chan *nats.Msg
	onReply func([]byte) error
	worker  string // who answers
	gone    <-chan struct{}
	release func()
	parts   []byte
}

// find sends the request until a worker takes it, and learns which. A request
// can be lost with a worker that has just died, so it is sent again; a worker
// that has it already knows its id.
func (c *call) find(ctx context.Context, msg *nats.Msg) error {
	deadline := time.After(c.m.opts.CallWait)
	for {
		if err := c.m.nc.PublishMsg(msg); err != nil {
			return fmt.Errorf("call a worker: %w", err)
		}
		var again <-chan time.Time = time.After(sendAgain)
	waiting:
		for {
			select {
			case first := <-c.frames:
				if first.Header.Get("Status") == "503" { // nobody listens
					again = time.After(findAgain)
					continue
				}
				c.worker = first.Header.Get(headerWorker)
				c.gone, c.release = c.m.acquireCall(c.worker)
				return c.take(first)
			case <-again:
				break waiting
			case <-ctx.Done():
				c.m.nc.Publish(c.m.subject(subjectStop), []byte(c.id))
				return ctx.Err()
			case <-deadline:
				return c.m.noWorker()
			}
		}
	}
}

func (m *Manager) noWorker() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.lastLoss != "" {
		return fmt.Errorf("%w; the last one died: %s", ErrNoWorker, m.lastLoss)
	}
	return fmt.Errorf("%w: see the server's log for why it does not start", ErrNoWorker)
}

// acquireCall notes that a worker answers a call, until release; gone closes when
// the worker is lost.
func (m *Manager) acquireCall(worker string) (gone <-chan struct{}, release func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	info := m.workers[worker]
	if info == nil {
		lost := make(chan struct{})
		close(lost)
		return lost, func() {}
	}
	info.calls++
	return info.gone, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		info.calls--
	}
}

// errFinished ends a call well; it never leaves this file.
var errFinished = errors.New("finished")

func (c *call) listen(ctx context.Context) error {
	for {
		var err error
		select {
		case msg := <-c.frames:
			err = c.take(msg)
		case <-c.gone:
			return fmt.Errorf("%w: %s", ErrWorkerLost, c.m.lossReason())
		case <-time.After(callSilence):
			return fmt.Errorf("%w: it fell silent", ErrWorkerLost)
		case <-ctx.Done():
			return ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

func (m *Manager) lossReason() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lastLoss
}

// take handles one frame.
func (c *call) take(msg *nats.Msg) error {
	if msg.Header.Get(headerWorker) != c.worker {
		return nil // another that was asked too
	}
	switch msg.Header.Get(headerFrame) {
	case framePart:
		c.parts = append(c.parts, msg.Data...)
	case frameReply:
		data := append(c.parts, msg.Data...)
		c.parts = nil
		return c.onReply(data)
	case frameDone:
		return errFinished
	case frameError:
		return &Coded{Code: msg.Header.Get(headerCode), Message: string(msg.Data)}
	}
	return nil
}
