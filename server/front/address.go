package front

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// addressFile holds the address and token of a workspace's running server. Its
// mode lets only its owner read it.
const addressFile = "address.json"

// Address is where a workspace's server can be reached.
type Address struct {
	URL   string `json:"url"`
	Token string `json:"token"`
	PID   int    `json:"pid"`
}

// Discover reads where the workspace's server is. ok is false where none was
// started, or it ended properly; one that was killed may still be named.
func Discover(workspace string) (a Address, ok bool) {
	content, err := os.ReadFile(filepath.Join(workspace, addressFile))
	if err != nil || json.Unmarshal(content, &a) != nil {
		return Address{}, false
	}
	return a, a.URL != ""
}

// WriteAddress replaces the file in one step, so that no reader sees half.
func WriteAddress(workspace string, a Address) error {
	content, err := json.Marshal(a)
	if err != nil {
		return err
	}
	path := filepath.Join(workspace, addressFile)
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// RemoveAddress takes the file away when the server ends.
func RemoveAddress(workspace string) {
	_ = os.Remove(filepath.Join(workspace, addressFile))
}
