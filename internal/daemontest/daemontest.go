// Package daemontest runs real servers as processes of their own for tests: started, waited for
// until they listen, and ended with kill -9.
package daemontest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// FreePort is a port of the loopback interface that nobody listens at.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// Process is a server's, while it runs.
type Process struct{ cmd *exec.Cmd }

// patience is how long a server may take until it listens.
const patience = 10 * time.Second

// Start starts the process, which must not run, and waits until it listens at a port of the
// loopback interface. It dies with this process.
func (p *Process) Start(cmd *exec.Cmd, port int) error {
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.cmd = cmd
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(25 * time.Millisecond) {
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return c.Close()
		}
	}
	return fmt.Errorf("%s does not listen at port %d after %v", cmd.Path, port, patience)
}

// Kill ends the process with kill -9, if it runs.
func (p *Process) Kill() {
	if p.cmd != nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		p.cmd = nil
	}
}
