package native

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// identity names the content of a file without reading it: as long as it is the same, so is the
// file. It is "" where somebody else could change the file, or the folder that it is in.
func identity(path string) string {
	var dir, file syscall.Stat_t
	if syscall.Stat(filepath.Dir(path), &dir) != nil || syscall.Lstat(path, &file) != nil {
		return ""
	}
	if file.Mode&syscall.S_IFMT != syscall.S_IFREG || !ours(dir) || !ours(file) {
		return ""
	}
	return fmt.Sprintf("%d %d %d %d %d.%09d %d.%09d", file.Dev, file.Ino, file.Uid, file.Size,
		file.Mtim.Sec, file.Mtim.Nsec, file.Ctim.Sec, file.Ctim.Nsec)
}

// ours reports whether this user alone may write.
func ours(s syscall.Stat_t) bool {
	const others = 0o022
	return int(s.Uid) == os.Geteuid() && s.Mode&others == 0
}

// touched is when anything of a file was last changed.
func touched(path string) time.Time {
	var s syscall.Stat_t
	if syscall.Lstat(path, &s) != nil {
		return time.Now()
	}
	return time.Unix(s.Ctim.Unix())
}
