package main

import (
	"os"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/jobs/bus"
	"github.com/sightline/sightline/server"
)

// credentialsVariable names the environment variable that holds the path of the credentials.
const credentialsVariable = "SIGHTLINE_NATS_CREDS"

// natsFlags are the flags that say where an external queue is.
func natsFlags(flags *pflag.FlagSet) *bus.Address {
	a := &bus.Address{}
	flags.StringVar(&a.URL, "nats", "", "`URL` of a NATS server with JetStream, nats://HOST:PORT or tls://HOST:PORT; of a cluster several, with commas between them")
	flags.StringVar(&a.Credentials, "nats-creds", os.Getenv(credentialsVariable), "`FILE` of credentials: what nsc writes, a seed (SU…), or a name and a password in two lines (default: $"+credentialsVariable+")")
	flags.Lookup("nats-creds").DefValue = ""
	flags.StringVar(&a.CA, "nats-ca", "", "`FILE` of the certificates that sign the NATS server's (default: the system's)")
	flags.StringVar(&a.Cert, "nats-cert", "", "`FILE` of this machine's certificate, where the NATS server asks for one")
	flags.StringVar(&a.Key, "nats-key", "", "`FILE` of that certificate's key")
	return a
}

// externalFlags are those of a server that meets its workers there; without --nats it is nil.
func externalFlags(flags *pflag.FlagSet) func() *server.External {
	e := &server.External{}
	at := natsFlags(flags)
	flags.IntVar(&e.Replicas, "nats-replicas", 1, "`N` servers of a NATS cluster that hold the queue, 1 to 5; its loss costs nothing but a moment")
	flags.BoolVar(&e.Mixed, "mixed", false, "let workers of several kinds (instruction sets, version of ONNX Runtime) work for one job: the last bits of its results may then depend on who did what")
	flags.BoolVar(&e.NewID, "new-workspace-id", false, "give the workspace another id at --nats: its folder is a copy of one that is served too")
	return func() *server.External {
		if at.URL == "" {
			return nil
		}
		e.Address = *at
		return e
	}
}
