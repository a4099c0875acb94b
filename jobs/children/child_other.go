//go:build !linux

package children

import "syscall"

// childAttributes are the system's own: the life-line alone must do.
func childAttributes() *syscall.SysProcAttr { return nil }
