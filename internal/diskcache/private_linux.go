package diskcache

import (
	"os"
	"syscall"
)

// private reports whether this user alone may write into a folder.
func private(path string) bool {
	const others = 0o022
	var s syscall.Stat_t
	return syscall.Stat(path, &s) == nil && int(s.Uid) == os.Geteuid() && s.Mode&others == 0
}
