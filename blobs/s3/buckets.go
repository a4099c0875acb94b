package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/internal/files"
)

// Buckets opens objects by their addresses, and keeps the buckets open. The zero value is ready.
// Safe for concurrent use.
type Buckets struct {
	mu   sync.Mutex
	open map[Address]*Bucket // of an address without its key
}

// At is the bucket of an address, and the key in it.
func (b *Buckets) At(address string) (blobs.Store, string, error) {
	a, err := Parse(address)
	if err != nil {
		return nil, "", err
	}
	key := a.Key
	a.Key = ""
	b.mu.Lock()
	defer b.mu.Unlock()
	bucket := b.open[a]
	if bucket == nil {
		if bucket, err = Open(a.Place, a.Bucket); err != nil {
			return nil, "", err
		}
		if b.open == nil {
			b.open = map[Address]*Bucket{}
		}
		b.open[a] = bucket
	}
	return bucket, key, nil
}

// forget has the next one who asks read the credentials anew: they may have been renewed.
func (b *Buckets) forget(bucket blobs.Store) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for a, one := range b.open {
		if one == bucket {
			delete(b.open, a)
		}
	}
}

const (
	reads  = 3                      // of an object whose content breaks off
	pause  = 200 * time.Millisecond // before another time
	absent = 20 * time.Second       // how long a store may be away: it is started anew, or another takes its place
)

// Read reads a whole object of at most so many bytes; sign is called as it gets on. One that
// breaks off is read again, and a store that is away is waited for.
func (b *Buckets) Read(ctx context.Context, address string, most int64, sign func()) (data []byte, o blobs.Object, err error) {
	store, key, err := b.At(address)
	if err != nil {
		return nil, o, err
	}
	started := time.Now()
	for i := 0; ; i++ {
		data, o, err = readOnce(ctx, store, key, most, sign)
		again := errors.Is(err, io.ErrUnexpectedEOF) && i+1 < reads || errors.Is(err, blobs.ErrAway) && time.Since(started) < absent
		if !again {
			break
		}
		select {
		case <-time.After(pause):
			sign()
		case <-ctx.Done():
			return nil, o, ctx.Err()
		}
	}
	if errors.Is(err, blobs.ErrRefused) {
		b.forget(store)
	}
	return data, o, err
}

func readOnce(ctx context.Context, store blobs.Store, key string, most int64, sign func()) ([]byte, blobs.Object, error) {
	body, o, err := store.Get(ctx, key, 0, -1)
	if err != nil {
		return nil, o, err
	}
	defer body.Close()
	if o.Size > most {
		return nil, o, fmt.Errorf("it has %d bytes, more than the limit of %d", o.Size, most)
	}
	data := make([]byte, o.Size)
	_, err = io.ReadFull(files.Signing(body, sign), data)
	if err == io.EOF && o.Size > 0 {
		err = io.ErrUnexpectedEOF
	}
	return data, o, err
}

// Waiting is Read that is patient as w says.
func (b *Buckets) Waiting(ctx context.Context, w *files.Waiter, address string) ([]byte, blobs.Object, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // also of a read that nobody waits for any more
	type content struct {
		data   []byte
		object blobs.Object
	}
	c, err := files.Wait(ctx, w, func(sign func()) (c content, err error) {
		c.data, c.object, err = b.Read(ctx, address, files.MostBytes, sign)
		return c, err
	}, nil)
	return c.data, c.object, err
}

// HasCredentials tells whether the environment has any, or requests would be anonymous.
func HasCredentials() bool {
	value, err := chain().GetWithContext(nil)
	return err == nil && value.AccessKeyID != ""
}
