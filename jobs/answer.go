package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
)

// CallHandler answers an interactive request with any number of replies. Its
// context ends when the asker goes away.
type CallHandler func(ctx context.Context, payload []byte, reply func([]byte) error) error

// Coded is an error with a short machine-readable code, which survives the way
// from a worker to the asker.
type Coded struct {
	Code    string
	Message string
}

func (e *Coded) Error() string { return e.Message }

const (
	aliveEvery = time.Second
	// partLimit keeps a reply's pieces well below the queue's largest message.
	partLimit = 1 << 19
)

// answer runs one call and frames its replies.
func (w *Worker) answer(ctx context.Context, handle CallHandler, msg *nats.Msg) {
	defer w.gate.acquire()()
	ctx, release, ok := w.begin(ctx, &underway{id: msg.Header.Get(headerCall), asker: msg.Reply})
	if !ok {
		return // asked again before the first frame arrived
	}
	defer release()
	// The asker must know who answers before the handler can crash.
	w.frame(msg.Reply, frameAlive, "", nil)
	w.nc.FlushTimeout(startDeadline)
	go w.aliveWhile(ctx, msg.Reply)
	payload, err := w.payload(ctx, msg.Data, msg.Header.Get(headerLarge), nil)
	if err != nil {
		w.fail(msg.Reply, err)
		return
	}
	err = handle(ctx, payload, func(data []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		Alive(ctx)
		return w.reply(msg.Reply, data)
	})
	if err != nil {
		w.fail(msg.Reply, err)
		return
	}
	w.frame(msg.Reply, frameDone, "", nil)
}

func (w *Worker) aliveWhile(ctx context.Context, to string) {
	tick := time.NewTicker(aliveEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.frame(to, frameAlive, "", nil)
		case <-ctx.Done():
			return
		}
	}
}

// reply sends one reply, in pieces when it is large.
func (w *Worker) reply(to string, data []byte) error {
	for len(data) > partLimit {
		if err := w.frame(to, framePart, "", data[:partLimit]); err != nil {
			return err
		}
		data = data[partLimit:]
	}
	return w.frame(to, frameReply, "", data)
}

func (w *Worker) fail(to string, err error) {
	var coded *Coded
	code := ""
	if errors.As(err, &coded) {
		code = coded.Code
	}
	w.frame(to, frameError, code, []byte(err.Error()))
}

func (w *Worker) frame(to, kind, code string, data []byte) error {
	msg := nats.NewMsg(to)
	msg.Header.Set(headerFrame, kind)
	msg.Header.Set(headerWorker, w.config.ID)
	if code != "" {
		msg.Header.Set(headerCode, code)
	}
	msg.Data = data
	return w.nc.PublishMsg(msg)
}
