// Package deaddrive gives tests a drive that does not answer: whatever asks for a file on it
// waits, as for a network drive whose server is gone.
package deaddrive

import (
	"fmt"
	"os"
	"syscall"
	"testing"
)

// Mount puts such a drive in the place of a folder or a file until the test ends, or until
// the returned function is called; then those who wait get an error. It takes FUSE and the
// right to mount: without them the test is skipped.
func Mount(t testing.TB, path string) (answer func()) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	kind := syscall.S_IFREG
	if info.IsDir() {
		kind = syscall.S_IFDIR
	}
	// Nobody ever reads this: the kernel waits for the first answer.
	device, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("a drive that does not answer takes FUSE: %v", err)
	}
	options := fmt.Sprintf("fd=%d,rootmode=%o,user_id=%d,group_id=%d", device.Fd(), kind, os.Getuid(), os.Getgid())
	if err := syscall.Mount("dead", path, "fuse", syscall.MS_NOSUID|syscall.MS_NODEV, options); err != nil {
		device.Close()
		t.Skipf("a drive that does not answer takes the right to mount: %v", err)
	}
	answer = func() {
		if device.Close() == nil { // fails where it was closed before
			if err := syscall.Unmount(path, syscall.MNT_DETACH); err != nil {
				t.Errorf("unmount %s: %v", path, err)
			}
		}
	}
	t.Cleanup(answer)
	return answer
}
