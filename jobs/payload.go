package jobs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

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
