package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/internal/files"
)

// readAll reads the files of all samples, as many at a time as there are cores
// and a few more, because reading waits for the disk.
func readAll(d *disk, r *Result, progress func(Progress)) error {
	g, ctx := errgroup.WithContext(d.ctx)
	next := make(chan *Sample)
	all := &reading{disk: d, root: r.Source.Root, meter: newMeter(len(r.Samples), progress)}
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
			buffer := make([]byte, pieceBytes)
			for s := range next {
				all.begun.Add(1)
				answered, err := all.one(ctx, s, buffer)
				if err != nil {
					return err
				}
				if !answered { // what is still read fills the old one
					buffer = make([]byte, pieceBytes)
				}
			}
			return nil
		})
	}
	err := g.Wait()
	if err == nil {
		all.meter.finish()
	}
	return err
}

// reading is the files of a scan being read.
type reading struct {
	disk   *disk
	root   string
	meter  *meter
	begun  atomic.Int64
	silent atomic.Int32 // files without an answer, in whose wait no other had one
}

// one reads a file. One without an answer is set aside, unless nothing is answered any more
// and there is more to read.
func (r *reading) one(ctx context.Context, s *Sample, buffer []byte) (answered bool, err error) {
	before, read := r.meter.read(), *s
	got, err := files.Wait(ctx, r.disk.Waiter, func(sign func()) (Sample, error) {
		read.read(r.root, buffer, sign)
		return read, nil
	}, nil)
	if err == nil {
		*s = got
		r.meter.add(true)
		return true, nil
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	s.Problem = reason(&readError{err})
	if r.meter.read() == before {
		if n := r.silent.Add(1); n >= mostSilent && r.begun.Load() < int64(r.meter.total) {
			return false, gone(int(n))
		}
	}
	r.meter.add(false)
	return false, nil
}

// pieceBytes is how much of a file is held at once.
const pieceBytes = 1 << 20

// read fills in what the file says, unless there is a problem already; buffer
// holds a piece of the file meanwhile, and sign is called after each.
func (s *Sample) read(root string, buffer []byte, sign func()) {
	if s.Problem != "" {
		return
	}
	f, file, err := files.Open(s.File(root))
	if err != nil {
		s.Problem = reason(err)
		return
	}
	defer f.Close()
	s.Orientation = 1
	if s.Problem = unreadable(file.Size()); s.Problem != "" {
		return
	}
	info, err := s.readOpen(f, buffer, sign)
	if err != nil {
		s.Problem = reason(err)
		return
	}
	s.Format, s.Width, s.Height, s.Orientation = info.Format, info.Width, info.Height, info.Orientation
	if pixels := int64(info.Width) * int64(info.Height); pixels > imaging.DefaultMaxPixels {
		s.Problem = fmt.Sprintf("its header announces %d × %d pixels, more than the limit of %d", info.Width, info.Height, imaging.DefaultMaxPixels)
	}
}

// unreadable says why a file of that size is not read at all, "" if it is.
func unreadable(size int64) string {
	if size > files.MostBytes {
		return fmt.Sprintf("the file has %d bytes, more than the limit of %d: it is hardly an image", size, files.MostBytes)
	}
	return ""
}

// readOpen hashes the file and reads its header. Most files fit in the buffer
// and are read once; of the others the header is read in parts.
func (s *Sample) readOpen(f *os.File, buffer []byte, sign func()) (imaging.Info, error) {
	n, err := io.ReadFull(f, buffer)
	switch {
	case errors.Is(err, io.EOF):
		s.Hash, s.Bytes = files.Hash(nil), 0
		return imaging.Info{}, errEmpty
	case errors.Is(err, io.ErrUnexpectedEOF):
		s.Hash, s.Bytes = files.Hash(buffer[:n]), int64(n)
		return imaging.Probe(buffer[:n])
	case err != nil:
		return imaging.Info{}, &readError{err}
	}
	h := new(files.Hasher)
	h.Write(buffer)
	rest, err := io.CopyBuffer(struct{ io.Writer }{h}, files.Signing(io.LimitReader(f, files.MostBytes-int64(n)), sign), buffer)
	if err != nil {
		return imaging.Info{}, &readError{err}
	}
	s.Hash, s.Bytes = h.Hash(), int64(n)+rest
	return imaging.ProbeFile(f, s.Bytes)
}

var errEmpty = errors.New("the file is empty")

// readError is an error of the file system, not of the content.
type readError struct{ error }

func (e *readError) Unwrap() error { return e.error }

// File is where the sample's file is.
func (s *Sample) File(root string) string {
	return files.Within(root, s.Path)
}

// reason says why a file cannot be a sample, without its path, which stands
// beside it.
func reason(err error) string {
	var path *fs.PathError
	var read *readError
	if !errors.As(err, &path) && !errors.As(err, &read) {
		return err.Error() // of the content
	}
	if path != nil {
		err = path.Err
	}
	return "cannot be read: " + strings.ToLower(err.Error())
}

// meter counts files and reports about ten times a second.
type meter struct {
	mu          sync.Mutex
	done, total int
	answered    int // of done, those that were read
	start, last time.Time
	report      func(Progress)
}

func newMeter(total int, report func(Progress)) *meter {
	return &meter{total: total, report: report, start: time.Now()}
}

// read is how many files were read so far.
func (m *meter) read() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.answered
}

func (m *meter) add(read bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done++
	if read {
		m.answered++
	}
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
