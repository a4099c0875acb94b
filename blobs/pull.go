package blobs

import (
	"context"
	"fmt"
	"io"
)

// Window is how many pieces are on their way at once: enough to fill a line of 1 Gbit/s and
// 15 ms, and no more than a few megabytes in anybody's memory.
const Window = 4

// Piece gets a piece of at most so many bytes from an offset.
type Piece func(ctx context.Context, offset int64, length int) ([]byte, error)

// Pull gets a content in pieces and writes them in order. No more than Window of them are asked
// for before the first has been written: whoever is slow, neither side is flooded.
func Pull(ctx context.Context, size int64, length int, get Piece, to io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type answer struct {
		data []byte
		err  error
	}
	var coming []chan answer
	ask := func(offset int64) {
		one := make(chan answer, 1)
		coming = append(coming, one)
		go func() {
			want := int(min(int64(length), size-offset))
			data, err := get(ctx, offset, want)
			if err == nil && len(data) != want {
				err = fmt.Errorf("%w: a piece of %d bytes came with %d", ErrDamaged, want, len(data))
			}
			one <- answer{data, err}
		}()
	}
	for next := int64(0); next < size || len(coming) > 0; {
		for ; next < size && len(coming) < Window; next += int64(length) {
			ask(next)
		}
		first := <-coming[0]
		coming = coming[1:]
		if first.err != nil {
			return first.err
		}
		if _, err := to.Write(first.data); err != nil {
			return err
		}
	}
	return nil
}

// Push sends a content of so many bytes in pieces, no more than Window of them at once.
func Push(ctx context.Context, from io.ReaderAt, size int64, length int, put func(ctx context.Context, offset int64, data []byte) error) error {
	return Pull(ctx, size, length, func(ctx context.Context, offset int64, n int) ([]byte, error) {
		data, err := readPiece(from, offset, n)
		if err == nil {
			err = put(ctx, offset, data)
		}
		return data, err
	}, io.Discard)
}
