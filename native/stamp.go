package native

import (
	"os"
	"path/filepath"
	"time"
)

// Hashing 60 MB takes a tenth of a second of every command. So the identity of a file that was
// found intact is noted beside it, in a stamp: device, inode, owner, size, and the times of its
// last change of content (mtime) and of anything (ctime). While they are the same, so is the file.
//
// Who could deceive us? Writing, truncating, replacing and renaming all set ctime, and no call
// sets it back: that takes the clock of the machine, or its disk, and who has these has the
// program as well. Three gaps are closed here. A file that is changed within one tick of the
// clock after it was read would keep its times: only one that has been at rest is stamped. A
// stamp that somebody else wrote would vouch for his file: it counts only if it, the library
// and the folder are this user's, and nobody else may write to them; in a cache that several
// users share, every start hashes. And a stamp vouches for one hash, of this build's library.
// Who may write as this user can put another program in our place, and needs no library.

// settled is how long a file must have been at rest before it is stamped.
const settled = 2 * time.Second

// checker tells whether an extracted file is what it should be.
type checker struct {
	settled time.Duration
	hashed  int // files that were read whole, for tests
}

// intact reports whether the file at path has the SHA-256 want.
func (c *checker) intact(path, want string) bool {
	before := identity(path)
	if before != "" && stamped(path) == want+" "+before {
		return true
	}
	c.hashed++
	if digestOf(path) != want {
		return false
	}
	if before != "" && before == identity(path) && time.Since(touched(path)) > c.settled {
		stamp(path, want+" "+before)
	}
	return true
}

func stampOf(path string) string { return path + ".checked" }

// stamped is what the stamp of a file says, "" if there is none that counts.
func stamped(path string) string {
	if identity(stampOf(path)) == "" {
		return ""
	}
	content, err := os.ReadFile(stampOf(path))
	if err != nil {
		return ""
	}
	return string(content)
}

// stamp notes that a file is intact; where it cannot, the next start hashes again.
func stamp(path, text string) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".checked-*") // readable and writable by this user alone
	if err != nil {
		return
	}
	_, err = tmp.WriteString(text)
	if tmp.Close() != nil || err != nil || os.Rename(tmp.Name(), stampOf(path)) != nil {
		os.Remove(tmp.Name())
	}
}
