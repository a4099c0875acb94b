package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/sightline/sightline/jobs/bus"
)

const (
	// inlineLimit is the largest result, or payload, that travels as a message.
	inlineLimit = 256 << 10

	pullWait    = 5 * time.Second
	pullAgain   = 250 * time.Millisecond
	claimWait   = 10 * time.Minute // making a payload may be slow
	requestWait = 10 * time.Minute // so may storing; a dead server ends it sooner
	askAgain    = 5 * time.Second
	othersFirst = time.Second // for a worker of the right kind to take the chunk
)

// lane pulls one chunk after the other until pulling is done. It works on one with
// turn held: lanes of suspects exclude all others, so that a death has one
// culprit.
func (w *Worker) lane(ctx, pulling context.Context, consumer jetstream.Consumer, turn sync.Locker) {
	for pulling.Err() == nil {
		pull, cancel := context.WithTimeout(pulling, pullWait)
		msg, err := consumer.Next(jetstream.FetchContext(pull))
		cancel()
		if err != nil {
			pause := time.Duration(0)
			if !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, nats.ErrTimeout) {
				pause = pullAgain // the connection or the stream is being restored
			}
			select {
			case <-time.After(pause):
			case <-pulling.Done():
			}
			continue
		}
		w.deliver(ctx, consumer, msg, turn)
	}
}

// deliver claims a delivered chunk and, if the server agrees, works on it. The
// server acknowledges the delivery once the result is stored.
func (w *Worker) deliver(ctx context.Context, consumer jetstream.Consumer, msg jetstream.Msg, turn sync.Locker) {
	chunk, ok := chunkOf(msg.Subject())
	if !ok {
		msg.Term()
		return
	}
	if !w.start(chunk) {
		return // a second delivery of what another lane is doing
	}
	defer w.finish(chunk)
	stop := w.keepAlive(ctx, consumer, msg)
	defer stop()
	turn.Lock()
	defer turn.Unlock()
	var reply claimReply
	err := w.ask(ctx, claimWait, subjectClaim, claimRequest{Job: chunk.Job, Seq: chunk.Seq, Worker: w.config.ID, Ack: msg.Reply()}, &reply)
	if err != nil {
		return // redelivered when AckWait is over
	}
	switch reply.Verdict {
	case verdictGo:
		w.work(ctx, reply)
	case verdictDrop:
		msg.Ack()
	case verdictOther:
		msg.NakWithDelay(othersFirst)
	}
}

// start notes that a lane has this chunk; it reports false if one has already.
func (w *Worker) start(c Chunk) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[c] {
		return false
	}
	w.busy[c] = true
	return true
}

func (w *Worker) finish(c Chunk) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.busy, c)
}

// keepAlive tells the queue three times per AckWait that work goes on.
func (w *Worker) keepAlive(ctx context.Context, consumer jetstream.Consumer, msg jetstream.Msg) func() {
	ctx, cancel := context.WithCancel(ctx)
	every := consumer.CachedInfo().Config.AckWait / 3
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				msg.InProgress()
			case <-ctx.Done():
				return
			}
		}
	}()
	return cancel
}

// work runs the kind's handler and hands the result to the server.
func (w *Worker) work(ctx context.Context, reply claimReply) {
	task := &Task{Chunk: reply.Chunk, Kind: reply.Kind, Incoming: w.config.Incoming, claim: reply.Claim, known: reply.Known, worker: w}
	task.of = &underway{id: reply.Claim, task: task}
	chunkCtx, release, ok := w.begin(ctx, task.of)
	if !ok {
		return
	}
	defer release()
	payload, err := w.payload(chunkCtx, reply.Payload, reply.Large, &reply)
	if errors.Is(err, errPayloadGone) {
		return
	}
	if err != nil {
		task.of.rest()
		w.send(ctx, task, Result{}, err)
		return
	}
	task.Payload = payload
	handle := w.chunks[task.Kind]
	if handle == nil {
		handle = func(context.Context, *Task) (Result, error) {
			return Result{}, fmt.Errorf("this worker cannot do jobs of kind %q: is it an older version?", task.Kind)
		}
	}
	result, err := handle(chunkCtx, task)
	task.of.rest() // what comes is the server's to do
	if chunkCtx.Err() != nil {
		discard(result)
		return // cancelled: the server does not expect anything
	}
	w.send(ctx, task, result, err)
}

func discard(r Result) {
	for _, file := range []string{r.Path, r.Beside} {
		if file != "" {
			os.Remove(file)
		}
	}
}

// send delivers a result, through a file if it is large.
func (w *Worker) send(ctx context.Context, t *Task, r Result, failure error) {
	req := resultRequest{Job: t.Job, Seq: t.Seq, Claim: t.claim, Failed: r.Failed, Data: r.Data}
	if failure == nil && len(r.Data) > inlineLimit {
		large := t.File(".result")
		failure = os.WriteFile(large, r.Data, 0o644)
		req.Large, req.Data = filepath.Base(large), nil
	}
	if failed, _ := json.Marshal(r.Failed); failure == nil && len(failed) > inlineLimit {
		list := t.File(".failures")
		failure = os.WriteFile(list, failed, 0o644)
		req.FailedIn, req.Failed = filepath.Base(list), nil
	}
	if r.Path != "" {
		req.File = filepath.Base(r.Path)
	}
	if r.Beside != "" {
		req.Beside = filepath.Base(r.Beside)
	}
	if failure != nil {
		req.Error = failure.Error()
	}
	if w.config.Remote {
		if err := w.upload(ctx, &req); err != nil {
			return // the server wants it no more, or is gone: the chunk is delivered again
		}
	}
	// An error here is the server's: it has failed the job, or is gone.
	w.ask(ctx, requestWait, subjectResult, req, &resultReply{})
}

// ask is request for answers that may take long, up to limit. On a bus that may lose a message
// it is sent again meanwhile: the server takes a result once, and of claims the last one counts.
func (w *Worker) ask(ctx context.Context, limit time.Duration, subject string, v, reply any) (err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	wait := limit
	if w.config.Address.Workspace != bus.Local {
		wait = askAgain
	}
	for ctx.Err() == nil {
		one, cancel := context.WithTimeout(ctx, wait)
		err = w.request(one, subject, v, reply)
		cancel()
		if err == nil || wait == limit {
			return err
		}
		wait *= 2
		if errors.Is(err, nats.ErrNoResponders) || w.nc.Status() != nats.CONNECTED {
			wait = askAgain
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
	}
	return err
}

// request sends v and decodes the answer into reply.
func (w *Worker) request(ctx context.Context, subject string, v, reply any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	msg, err := w.nc.RequestWithContext(ctx, w.subject(subject), data)
	if err != nil {
		return err
	}
	return json.Unmarshal(msg.Data, reply)
}

func (w *Worker) publish(subject string, v any) {
	if data, err := json.Marshal(v); err == nil {
		w.nc.Publish(w.subject(subject), data)
	}
}
