package files

import (
	"encoding/hex"

	"github.com/zeebo/xxh3"
)

// Hash names content by what is in it: xxh3-128, 32 hexadecimal digits. It tells one
// content from another; it is no protection from who means to deceive.
func Hash(content []byte) string { return digits(xxh3.Hash128(content)) }

// Hasher is Hash of what is written to it piece by piece. The zero value is ready.
type Hasher struct{ xxh3.Hasher }

// Hash is that of all that was written.
func (h *Hasher) Hash() string { return digits(h.Sum128()) }

func digits(sum xxh3.Uint128) string {
	bytes := sum.Bytes()
	return hex.EncodeToString(bytes[:])
}
