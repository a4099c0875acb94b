package workspace

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the database/sql driver
)

// Options of Open. The zero value is good.
type Options struct {
	MemoryLimit string // DuckDB's memory, such as "512MB" (the default)
	Threads     int    // DuckDB's threads; 0: one, and one a core once the database is large
}

// Workspace is an open workspace: its folder, its lock, its database with one
// writer at a time, and its files. What is in the database is the stores' affair;
// see Migrate. All methods may be called concurrently.
type Workspace struct {
	dir    string
	db     *sql.DB
	lock   *os.File
	holder Holder
	write  sync.Mutex
	narrow bool  // the database has one thread until it is large; guarded by write
	large  int64 // see largeDatabase; smaller in tests

	changes atomic.Uint64 // see Changes

	compacting sync.Mutex
	loose      looseCount
	fullPack   int64             // see fullPack; smaller in tests
	steps      func(step string) // sees compaction's steps, in tests; else nil
}

// databaseFile is the name of the database in the folder.
const databaseFile = "sightline.duckdb"

// folders of every workspace, created by Open; stores create theirs.
var folders = []string{"incoming", "tmp"}

// Open opens the workspace in dir, creating it if it is not there, and locks it
// until Close. If another process has it open the error is a *BusyError.
func Open(dir string, o Options) (*Workspace, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range append([]string{""}, folders...) {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil { // what is in it is the user's alone
			return nil, fmt.Errorf("creating the workspace %s: %w", dir, openError(err, dir))
		}
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	w := &Workspace{dir: dir, lock: lock, holder: Holder{PID: os.Getpid(), Started: time.Now().UTC()}, fullPack: fullPack, large: largeDatabase}
	if err := w.open(o); err != nil {
		lock.Close()
		return nil, fmt.Errorf("opening the workspace %s: %w", dir, openError(err, dir))
	}
	return w, nil
}

func (w *Workspace) open(o Options) error {
	if err := writeHolder(w.dir, w.holder); err != nil {
		return err
	}
	db, err := openDatabase(filepath.Join(w.dir, databaseFile) + "?" + o.query(w.dir))
	if err != nil {
		return err
	}
	w.db, w.narrow = db, o.Threads <= 0
	w.widen()
	ctx := context.Background()
	err = errors.Join(w.prepare(ctx), w.sweepPassing())
	if err == nil {
		err = w.countLoose(ctx)
	}
	if err != nil {
		db.Close()
	}
	return err
}

// openDatabase waits a moment for somebody who only looks (Peek): our own
// lock is held, so that no other Sightline has the database open for longer.
func openDatabase(source string) (db *sql.DB, err error) {
	for range 20 {
		db, err = sql.Open("duckdb", source)
		if err == nil || !strings.Contains(err.Error(), "Could not set lock") {
			break
		}
		time.Sleep(25 * time.Millisecond)
	}
	return db, err
}

// largeDatabase is the size from which DuckDB gets one thread a core. It spreads a table over threads by row groups
// of 122,880 rows, of which a smaller database has none to spread; and with a thread of its own, whoever waits for a
// statement or a commit does so in a loop that takes a core from the workers.
const largeDatabase = 32 << 20

// widen gives the database its threads once it is large.
func (w *Workspace) widen() {
	if !w.narrow {
		return
	}
	info, err := os.Stat(filepath.Join(w.dir, databaseFile))
	if err != nil || info.Size() < w.large {
		return
	}
	_, err = w.db.Exec(`SET threads = ` + strconv.Itoa(runtime.NumCPU()))
	w.narrow = err != nil
}

func (o Options) query(dir string) string {
	if o.MemoryLimit == "" {
		o.MemoryLimit = "512MB"
	}
	if o.Threads <= 0 {
		o.Threads = 1
	}
	v := url.Values{}
	v.Set("memory_limit", o.MemoryLimit)
	v.Set("threads", strconv.Itoa(o.Threads))
	v.Set("temp_directory", filepath.Join(dir, "tmp"))
	v.Set("preserve_insertion_order", "false")
	return v.Encode()
}

// Close stores everything and releases the lock.
func (w *Workspace) Close() error {
	w.write.Lock()
	defer w.write.Unlock()
	err := w.db.Close()
	os.Remove(filepath.Join(w.dir, "server.json"))
	return errors.Join(err, w.lock.Close())
}

// Dir is the workspace's folder, absolute.
func (w *Workspace) Dir() string { return w.dir }

// Incoming is the folder on the workspace's own file system where workers leave
// blocks and packs.
func (w *Workspace) Incoming() string { return filepath.Join(w.dir, "incoming") }

// Announce records the address at which this process serves the workspace, so
// that another process that finds it busy can say where.
func (w *Workspace) Announce(url string) error {
	w.holder.URL = url
	return writeHolder(w.dir, w.holder)
}

// DatabaseVersion is that of the DuckDB in this binary, which need not be asked for it.
const DatabaseVersion = "v1.5.4"
