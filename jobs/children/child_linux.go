package children

import "syscall"

// childAttributes make the kernel kill a worker when its server dies, and keep
// the terminal's interrupt away from it: the server stops its workers itself.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
