package dataset

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/zeebo/xxh3"
	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/imaging"
)

// readAll reads the files of all samples, as many at a time as there are cores
// and a few more, because reading waits for the disk.
func readAll(ctx context.Context, r *Result, progress func(Progress)) error {
	g, ctx := errgroup.WithContext(ctx)
	next := make(chan *Sample)
	meter := newMeter(len(r.Samples), progress)
	g.Go(func() error {
		defer close(next)
		for i := range r.Samples {
			select {
			case next <- &r.Samples[i]:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range runtime.NumCPU() + 2 {
		g.Go(func() error {
			var buffer []byte
			for s := range next {
				buffer = s.read(r.Source.Root, buffer)
				meter.add()
			}
			return nil
		})
	}
	err := g.Wait()
	if err == nil {
		meter.finish()
	}
	return err
}

// read fills in what the file says, unless there is a problem already; buffer
// is reused between files.
func (s *Sample) read(root string, buffer []byte) []byte {
	if s.Problem != "" {
		return buffer
	}
	data, err := readFile(s.File(root), buffer)
	if err != nil {
		s.Problem = reason(err)
		return buffer
	}
	hash := xxh3.Hash128(data).Bytes()
	s.Hash, s.Bytes, s.Orientation = hex.EncodeToString(hash[:]), int64(len(data)), 1
	if len(data) == 0 {
		s.Problem = "the file is empty"
		return data
	}
	info, err := imaging.Probe(data)
	if err != nil {
		s.Problem = err.Error()
		return data
	}
	s.Format, s.Width, s.Height, s.Orientation = info.Format, info.Width, info.Height, info.Orientation
	if pixels := int64(info.Width) * int64(info.Height); pixels > imaging.DefaultMaxPixels {
		s.Problem = fmt.Sprintf("its header announces %d × %d pixels, more than the limit of %d", info.Width, info.Height, imaging.DefaultMaxPixels)
	}
	return data
}

// File is where the sample's file is.
func (s *Sample) File(root string) string {
	p := filepath.FromSlash(s.Path)
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(root, p)
}

// reason says why a file cannot be read, without the path, which stands beside it.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	return "cannot be read: " + strings.ToLower(err.Error())
}

// readFile is os.ReadFile into a buffer that is kept.
func readFile(name string, buffer []byte) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("not a regular file")
	}
	data := buffer[:0]
	for {
		if len(data) == cap(data) {
			data = append(make([]byte, 0, max(2*cap(data), int(info.Size())+1)), data...)
		}
		n, err := f.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if n == 0 || err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return data, err
		}
	}
}

// meter counts files and reports about ten times a second.
type meter struct {
	mu          sync.Mutex
	done, total int
	start, last time.Time
	report      func(Progress)
}

func newMeter(total int, report func(Progress)) *meter {
	return &meter{total: total, report: report, start: time.Now()}
}

func (m *meter) add() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done++
	if now := time.Now(); now.Sub(m.last) > 100*time.Millisecond {
		m.last = now
		m.send()
	}
}

func (m *meter) finish() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.send()
}

func (m *meter) send() {
	if m.report == nil {
		return
	}
	elapsed := time.Since(m.start)
	m.report(Progress{Done: m.done, Total: m.total, Rate: float64(m.done) / max(elapsed.Seconds(), 1e-9), Elapsed: elapsed})
}
