package workspace

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// ErrBusy says that another process has the workspace open. The error returned
// by Open is a *BusyError, which errors.Is this.
var ErrBusy = errors.New("the workspace is open in another process")

// Holder is who has a workspace open. URL is empty unless it serves.
type Holder struct {
	PID     int       `json:"pid"`
	URL     string    `json:"url,omitempty"`
	Started time.Time `json:"started"`
}

// BusyError names the process that has the workspace open.
type BusyError struct {
	Dir    string
	Holder Holder
}

func (e *BusyError) Error() string {
	if e.Holder.URL != "" {
		return fmt.Sprintf("the workspace %s is open in process %d, which serves it at %s: use that address, or stop it first", e.Dir, e.Holder.PID, e.Holder.URL)
	}
	if e.Holder.PID != 0 {
		return fmt.Sprintf("the workspace %s is open in process %d: wait until it ends, or stop it, or use another --workspace", e.Dir, e.Holder.PID)
	}
	return fmt.Sprintf("the workspace %s is open in another process: wait until it ends, or use another --workspace", e.Dir)
}

// Is makes errors.Is(err, ErrBusy) true.
func (e *BusyError) Is(target error) bool { return target == ErrBusy }

// lockFolder takes the exclusive lock, which the kernel releases when the
// process ends, however it ends. The file lock must stay open.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of the workspace %s: %w", dir, openError(err, dir))
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		f.Close()
		return nil, &BusyError{Dir: dir, Holder: readHolder(dir)}
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("locking the workspace %s: %w", dir, err)
	}
	return f, nil
}

func readHolder(dir string) Holder {
	var h Holder
	data, err := os.ReadFile(filepath.Join(dir, "server.json"))
	if err == nil && json.Unmarshal(data, &h) != nil {
		h = Holder{}
	}
	return h
}

// writeHolder replaces server.json in one step, so that a reader never sees half of it.
func writeHolder(dir string, h Holder) error {
	data, err := json.Marshal(h)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, "server.json")
	if err := os.WriteFile(path+".new", data, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
