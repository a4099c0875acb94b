package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go"

	"github.com/sightline/sightline/blobs"
)

// Sources is where workers that share no folder with the server have files from; blobs.Source is
// one. Names are the kinds' of work to give; paths are the server's alone.
type Sources interface {
	// Files says what the files of a name hold.
	Files(ctx context.Context, name string) ([]blobs.File, error)
	// Piece reads from a content that Files told of, by its SHA-256.
	Piece(ctx context.Context, key string, offset int64, length int) ([]byte, error)
}

const (
	// mostPiece bounds a piece of a content: with what is around it, it fits into a message of
	// 1 MB.
	mostPiece = 512 << 10
	// mostUpload bounds a file of a result.
	mostUpload = 4 << 30

	// putsWaiting is how many bytes of pieces may wait to be written. More are dropped, and sent
	// again.
	putsWaiting = 256 << 20
)

// onBlob says what content a name has.
func (m *Manager) onBlob(msg *nats.Msg) {
	go func() {
		var req blobRequest
		var reply blobReply
		err := json.Unmarshal(msg.Data, &req)
		if err == nil && m.opts.Sources == nil {
			err = blobs.ErrUnknown
		}
		if err == nil {
			reply.Files, err = m.opts.Sources.Files(context.Background(), req.Name)
		}
		if err != nil {
			reply.Error, reply.Code = err.Error(), blobs.Code(err)
		}
		m.respond(msg, reply)
	}()
}

// onPiece sends a piece of a content, or of the payload of a claim.
func (m *Manager) onPiece(msg *nats.Msg) {
	go func() {
		answer := nats.NewMsg(msg.Reply)
		var err error
		if answer.Data, err = m.piece(msg.Data); err != nil {
			answer.Data = nil
			answer.Header.Set(headerError, err.Error())
			answer.Header.Set(headerCode, blobs.Code(err))
		}
		if err := msg.RespondMsg(answer); err != nil {
			m.opts.Log.Error("a worker could not be answered", "subject", msg.Subject, "err", err)
		}
	}()
}

func (m *Manager) piece(request []byte) ([]byte, error) {
	var req pieceRequest
	if err := json.Unmarshal(request, &req); err != nil {
		return nil, err
	}
	if req.Length < 1 || req.Length > mostPiece || req.Offset < 0 {
		return nil, errors.New("no piece has that place or length")
	}
	if req.Claim != "" {
		return m.payloadPiece(req)
	}
	if m.opts.Sources == nil {
		return nil, blobs.ErrUnknown
	}
	return m.opts.Sources.Piece(context.Background(), req.Key, req.Offset, req.Length)
}

// payloadPiece reads from the payload of a claim that goes on.
func (m *Manager) payloadPiece(req pieceRequest) ([]byte, error) {
	_, c := m.claimed(req.Job, req.Seq, req.Claim)
	if c == nil {
		return nil, errNotYours
	}
	return blobs.FilePiece(m.incoming(payloadFile(req.Claim)), req.Offset, req.Length)
}

// onPut writes a piece of a result's file.
func (m *Manager) onPut(msg *nats.Msg) {
	var req putRequest
	var reply errorReply
	err := json.Unmarshal([]byte(msg.Header.Get(headerPut)), &req)
	if err == nil {
		err = m.put(req, msg.Data)
	}
	if err != nil {
		reply.Error = err.Error()
	}
	m.respond(msg, reply)
}

func (m *Manager) put(req putRequest, data []byte) error {
	if !ownFile(req.Name, req.Job, req.Seq, req.Claim) {
		return errNotYours
	}
	if req.Offset < 0 || req.Offset > mostUpload {
		return errors.New("a result's file is too large")
	}
	if !m.uploading(req) {
		return errNotYours
	}
	f, err := os.OpenFile(m.incoming(req.Name), os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteAt(data, req.Offset)
	if err = errors.Join(err, f.Close()); err == nil && !m.uploading(req) {
		os.Remove(m.incoming(req.Name)) // made after the others of the claim went
		err = errNotYours
	}
	return err
}

// uploading tells whether the claim of a piece goes on, and notes that it has files.
func (m *Manager) uploading(req putRequest) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	t := m.tracked[req.Job]
	if t == nil || t.ended || t.open[req.Seq] == nil {
		return false
	}
	c := t.open[req.Seq].claim
	if c == nil || c.id != req.Claim {
		return false
	}
	c.sent = true
	return true
}

// dropUploads removes what a remote worker sent of a claim that has ended.
func (m *Manager) dropUploads(c *claim) {
	if !c.sent {
		return
	}
	left, _ := filepath.Glob(m.incoming("*-" + c.id + ".*"))
	for _, name := range left {
		os.Remove(name)
	}
}

// A payload up to inlineLimit travels in its message, a larger one as a file of the folder
// for large results: the queue refuses messages above maxPayload, and what a chunk or a
// call brings along (stored maps, outlines of masks) has no bound.

// enclose returns what of a payload goes into the message; if that is nothing, file names
// the one that it was written to. Who encloses it drops the file when the work has ended.
func (m *Manager) enclose(id string, payload []byte) (inline []byte, file string, err error) {
	if len(payload) <= inlineLimit {
		return payload, "", nil
	}
	file = payloadFile(id)
	if err := os.WriteFile(m.incoming(file), payload, 0o600); err != nil {
		m.drop(file)
		return nil, "", fmt.Errorf("write a payload of %d bytes for a worker: %w", len(payload), err)
	}
	return nil, file, nil
}

func digestOf(data []byte) digest {
	sum := sha256.Sum256(data)
	return digest{Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}
}

// payloadFile is the name of the file for a claim or a call of an id.
func payloadFile(id string) string { return id + ".payload" }

// drop removes a payload's file, if there is one.
func (m *Manager) drop(file string) {
	if file != "" {
		os.Remove(m.incoming(file))
	}
}

// errPayloadGone says that the server has dropped the payload: it wants no result any more.
var errPayloadGone = errors.New("the payload is gone")

// payload is a payload wherever it travelled. Of a remote worker's chunk reply says where.
func (w *Worker) payload(ctx context.Context, inline []byte, file string, reply *claimReply) ([]byte, error) {
	if file == "" {
		return inline, nil
	}
	if w.config.Remote {
		return w.pullPayload(ctx, reply)
	}
	payload, err := os.ReadFile(filepath.Join(w.config.Incoming, filepath.Base(file)))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %w", errPayloadGone, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the payload: %w", err)
	}
	return payload, nil
}
