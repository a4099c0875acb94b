package console

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// confine bounds this process for good, before any of the user's text is read by DuckDB: its memory,
// the files that it may write (none: standard output is a pipe), core dumps, processor time.
func confine(o order) error {
	for name, l := range map[int]uint64{
		unix.RLIMIT_DATA: uint64(o.Memory), unix.RLIMIT_FSIZE: 0, unix.RLIMIT_CORE: 0, unix.RLIMIT_CPU: uint64(4*o.Time.Seconds()) + 10,
	} {
		if err := unix.Setrlimit(name, &unix.Rlimit{Cur: l, Max: l}); err != nil {
			return fmt.Errorf("limiting the process: %w", err)
		}
	}
	return nil
}

// attributes have the kernel end a child when the server dies, and keep the terminal's interrupt away.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
