package bus

import (
	"fmt"
	"strings"

	"github.com/nats-io/nkeys"
)

// Permissions are the subjects that a role needs, and no more.
type Permissions struct{ Publish, Subscribe []string }

// Consumers are the names of the stream's consumers, from which workers pull.
var consumers = []string{"workers", "suspects"}

// PermissionsOf are those of a role on a workspace. A worker may pull chunks, ask the server, and
// hear it; it can neither read what other workspaces do nor manage a stream.
func PermissionsOf(workspace string, r Role) (p Permissions) {
	a := Address{Workspace: workspace}
	stream, acks := a.Stream(), []string{"$JS.ACK." + a.Stream() + ".>", "$JS.ACK.*.*." + a.Stream() + ".>"}
	if r == Server {
		inboxes := "_INBOX." + workspace + ".>"
		p.Publish = append(acks, a.Subject(">"), inboxes, "$JS.API.INFO", "$JS.API.STREAM.*."+stream,
			"$JS.API.CONSUMER.*."+stream, "$JS.API.CONSUMER.*."+stream+".>", "$JS.API.CONSUMER.*.*."+stream+".>")
		p.Subscribe = []string{a.Subject(">"), inboxes}
		return p
	}
	p.Publish = append(acks, a.Subject("ask.>"))
	for _, c := range consumers {
		p.Publish = append(p.Publish, "$JS.API.CONSUMER.INFO."+stream+"."+c, "$JS.API.CONSUMER.MSG.NEXT."+stream+"."+c)
	}
	p.Subscribe = []string{a.Subject("stop"), a.Inbox(Worker) + ".>"}
	return p
}

// User is somebody who may use a workspace's subjects in a role.
type User struct {
	Role Role
	Seed string // what Address.Credentials holds; a secret
	Key  string // by which the NATS server knows the user; no secret
}

// NewUser makes a key for a role.
func NewUser(r Role) (u User, err error) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		return u, fmt.Errorf("make a key: %w", err)
	}
	seed, err := pair.Seed()
	if err != nil {
		return u, fmt.Errorf("make a key: %w", err)
	}
	u = User{Role: r, Seed: string(seed)}
	u.Key, err = pair.PublicKey()
	return u, err
}

// Entry is the user's line among the users of an account in nats-server's configuration.
func (u User) Entry(workspace string) string {
	p := PermissionsOf(workspace, u.Role)
	return fmt.Sprintf("{ nkey: %s, permissions: {\n  publish: { allow: [%s] }\n  subscribe: { allow: [%s] }\n} }",
		u.Key, quoted(p.Publish), quoted(p.Subscribe))
}

func quoted(list []string) string {
	for i, one := range list {
		list[i] = `"` + one + `"`
	}
	return strings.Join(list, ", ")
}

// Template is the part of nats-server's configuration that lets users into a workspace.
func Template(workspace string, users ...User) string {
	var entries strings.Builder
	for _, u := range users {
		fmt.Fprintf(&entries, "# %s of workspace %s\n%s\n", u.Role, workspace, u.Entry(workspace))
	}
	return "accounts { SIGHTLINE {\njetstream: enabled\nusers: [\n" + entries.String() + "] } }\n"
}
