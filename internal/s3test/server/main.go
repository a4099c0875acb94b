// Command server is versitygw, an S3 server, over a folder: for tests, which build and start it.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"
)

// The arguments are an address to listen at, a folder for contents and one for what is said of them.
func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "S3 server:", err)
		os.Exit(1)
	}
}

func run(address, contents, sidecar string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	about, err := meta.NewSideCar(sidecar)
	if err != nil {
		return err
	}
	files, err := posix.New(contents, about, posix.PosixOpts{SideCarDir: sidecar})
	if err != nil {
		return err
	}
	return embedgw.RunVersityGW(ctx, files, &embedgw.Config{
		RootUserAccess: os.Getenv("ROOT_ACCESS_KEY"), RootUserSecret: os.Getenv("ROOT_SECRET_KEY"),
		Ports: []string{address}, KeepAlive: true, Quiet: true, DisableACLs: true,
		MaxConnections: 10_000, MaxRequests: 10_000, MultipartMaxParts: 10_000,
	})
}
