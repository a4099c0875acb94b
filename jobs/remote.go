package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/jobs/bus"
)

// What a worker does that shares no folder with its server.

const (
	pieceWait  = 20 * time.Second
	pieceTries = 4
	forever    = math.MaxInt
)

// pieceLength is how much of a content goes into one message.
func (w *Worker) pieceLength() int {
	return max(1<<10, min(mostPiece, int(w.nc.MaxPayload()-w.nc.MaxPayload()/8)))
}

// Files asks the server what content a name has; see Sources.
func (w *Worker) Files(ctx context.Context, name string) ([]blobs.File, error) {
	var reply blobReply
	if err := w.patient(ctx, forever, func(ctx context.Context) error { return w.request(ctx, subjectBlob, blobRequest{name}, &reply) }); err != nil {
		return nil, fmt.Errorf("ask the server for %s: %w", name, err)
	}
	if reply.Error != "" {
		return nil, blobs.Decoded(reply.Code, reply.Error)
	}
	return reply.Files, nil
}

// Pull writes a content that Files told of.
func (w *Worker) Pull(ctx context.Context, f blobs.File, to io.Writer) error {
	return blobs.Pull(ctx, f.Size, w.pieceLength(), func(ctx context.Context, offset int64, length int) ([]byte, error) {
		return w.piece(ctx, pieceRequest{Key: f.SHA256, Offset: offset, Length: length})
	}, to)
}

func (w *Worker) piece(ctx context.Context, req pieceRequest) (data []byte, err error) {
	request, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	err = w.patient(ctx, forever, func(ctx context.Context) error {
		msg, err := w.nc.RequestWithContext(ctx, w.subject(subjectPiece), request)
		if err != nil {
			return err
		}
		data = msg.Data
		if text := msg.Header.Get(headerError); text != "" {
			return &refused{blobs.Decoded(msg.Header.Get(headerCode), text)}
		}
		return nil
	})
	var no *refused
	if errors.As(err, &no) {
		return nil, no.error
	}
	return data, err
}

// refused is the server's answer, which is the same the next time.
type refused struct{ error }

// patient makes a request again that was lost, or had no answer. What is asked for an image is
// asked until it is answered: an outage of the bus is not to be held against a sample.
func (w *Worker) patient(ctx context.Context, tries int, request func(context.Context) error) (err error) {
	for try := range tries {
		one, cancel := context.WithTimeout(ctx, pieceWait)
		err = request(one)
		cancel()
		Alive(ctx)
		var no *refused
		if err == nil || errors.As(err, &no) || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(min(try, 3)+1) * 500 * time.Millisecond):
		}
	}
	return err
}

// pullPayload gets a chunk's payload that was too large for a message.
func (w *Worker) pullPayload(ctx context.Context, reply *claimReply) ([]byte, error) {
	if reply == nil {
		return nil, errPayloadGone
	}
	var payload bytes.Buffer
	err := blobs.Pull(ctx, reply.Digest.Size, w.pieceLength(), func(ctx context.Context, offset int64, length int) ([]byte, error) {
		return w.piece(ctx, pieceRequest{Job: reply.Chunk.Job, Seq: reply.Chunk.Seq, Claim: reply.Claim, Offset: offset, Length: length})
	}, &payload)
	if err == nil && digestOf(payload.Bytes()) != reply.Digest {
		err = blobs.ErrDamaged
	}
	if err != nil { // the claim has ended, or is delivered again when the bus is well
		return nil, fmt.Errorf("%w: %w", errPayloadGone, err)
	}
	return payload.Bytes(), nil
}

// upload sends the files of a result, and removes them here.
func (w *Worker) upload(ctx context.Context, req *resultRequest) error {
	req.Digests = map[string]digest{}
	for _, name := range req.files() {
		path := filepath.Join(w.config.Incoming, name)
		defer os.Remove(path)
		f, err := blobs.SumFile(path)
		if err == nil {
			err = w.uploadFile(ctx, req, name, path, f.Size)
		}
		if err != nil {
			return fmt.Errorf("send a result: %w", err)
		}
		req.Digests[name] = digest{f.Size, f.SHA256}
	}
	return nil
}

func (w *Worker) uploadFile(ctx context.Context, req *resultRequest, name, path string, size int64) error {
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	return blobs.Push(ctx, in, size, w.pieceLength(), func(ctx context.Context, offset int64, data []byte) error {
		head, err := json.Marshal(putRequest{req.Job, req.Seq, req.Claim, name, offset})
		if err != nil {
			return err
		}
		return w.patient(ctx, pieceTries, func(ctx context.Context) error {
			msg := nats.NewMsg(w.subject(subjectPut))
			msg.Header.Set(headerPut, string(head))
			msg.Data = data
			answer, err := w.nc.RequestMsgWithContext(ctx, msg)
			if err != nil {
				return err
			}
			var reply errorReply
			if err := json.Unmarshal(answer.Data, &reply); err != nil || reply.Error != "" {
				return &refused{errors.Join(err, errors.New(reply.Error))}
			}
			return nil
		})
	})
}

// greet says hello, and of a remote worker again whenever the server has become another.
func (w *Worker) greet(ctx context.Context) error {
	if err := w.hello(ctx); err != nil {
		return err
	}
	if w.config.Remote {
		go w.beat(ctx)
	}
	return nil
}

// errRefused says that the server wants nothing of this worker.
var errRefused = errors.New("the server refused this worker")

func (w *Worker) hello(ctx context.Context) error {
	for {
		var reply errorReply
		err := w.request(ctx, subjectHello, w.config.Hello, &reply)
		switch {
		case err == nil && reply.Error != "":
			return fmt.Errorf("%w: %s", errRefused, reply.Error)
		case err == nil:
			return nil
		case !w.config.Remote || ctx.Err() != nil:
			return fmt.Errorf("say hello to the server: %w", err)
		}
		select { // no server at the moment
		case <-time.After(beatEvery):
		case <-ctx.Done():
		}
	}
}

func (w *Worker) beat(ctx context.Context) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var reply beatReply
		one, cancel := context.WithTimeout(ctx, beatEvery)
		msg, err := w.nc.RequestWithContext(one, w.subject(subjectBeat), []byte(w.config.ID))
		cancel()
		if err != nil || json.Unmarshal(msg.Data, &reply) != nil || reply.Known {
			continue
		}
		if err := w.hello(ctx); errors.Is(err, errRefused) {
			w.nc.Close() // its end is told by Run
			return
		}
	}
}

// leave tells the server that this worker ends, with nothing in work.
func (w *Worker) leave() {
	if !w.config.Remote {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = w.request(ctx, subjectLost, lostNote{Worker: w.config.ID, Reason: "it was told to end", Left: true}, &lostReply{})
}

// Join asks the server whether it would have such a worker, and waits until there is a server;
// waiting is called once if there is none. The error says why it would not, and what to do.
func Join(ctx context.Context, nc *nats.Conn, at bus.Address, h Hello, waiting func()) error {
	h.Asking, h.Remote = true, true
	w := &Worker{nc: nc, config: WorkerConfig{Address: at, Hello: h}}
	for tries := 0; ; tries++ {
		one, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := w.hello(one)
		cancel()
		if err == nil || errors.Is(err, errRefused) || ctx.Err() != nil {
			return err
		}
		if tries == 0 {
			waiting()
		}
		select {
		case <-time.After(beatEvery):
		case <-ctx.Done():
		}
	}
}

// ReportLost tells the server that the process of a remote worker ended, and why; it reports
// whether the worker had been ready. Without a server, or one that answers, it had not.
func ReportLost(ctx context.Context, nc *nats.Conn, at bus.Address, worker, reason string) (wasReady bool) {
	w := &Worker{nc: nc, config: WorkerConfig{Address: at}}
	var reply lostReply
	err := w.patient(ctx, pieceTries, func(ctx context.Context) error {
		return w.request(ctx, subjectLost, lostNote{Worker: worker, Reason: reason}, &reply)
	})
	return err == nil && reply.WasReady
}

// RemoteEnvironment is what WorkerConfigFromEnv reads in a child that is a remote worker.
func RemoteEnvironment(at bus.Address, worker, machine, incoming string) []string {
	return append(at.Environment(), envID+"="+worker, envRemote+"="+machine, envIncoming+"="+incoming)
}
