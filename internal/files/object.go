package files

import (
	"net/url"
	"path/filepath"
	"strings"
)

// ObjectScheme begins the address of what lies in an object store. Such an address stands
// wherever a path does: s3://BUCKET/KEY, the key escaped as in a URL, and perhaps a query that
// says where the store is (package blobs/s3 reads it).
const ObjectScheme = "s3://"

// IsObject tells an address of an object store from a path.
func IsObject(name string) bool { return strings.HasPrefix(name, ObjectScheme) }

// Within is the path of a file below a root by its path there, which has slashes. Below the
// address of a store nothing of the path is tidied: a key may hold any signs. An absolute path
// stays itself below a folder.
func Within(root, path string) string {
	if !IsObject(root) {
		local := filepath.FromSlash(path)
		if filepath.IsAbs(local) {
			return local
		}
		return filepath.Join(root, local)
	}
	bare, query, asked := strings.Cut(root, "?")
	whole := strings.TrimSuffix(bare, "/") + "/" + EscapeKey(path)
	if asked {
		whole += "?" + query
	}
	return whole
}

// EscapeKey writes a key as an address has it: slashes stay.
func EscapeKey(key string) string {
	parts := strings.Split(key, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return strings.Join(parts, "/")
}

// Base is the last part of a path, or of the key of an address, unescaped.
func Base(name string) string {
	if !IsObject(name) {
		return filepath.Base(name)
	}
	bare, _, _ := strings.Cut(name, "?")
	bare = strings.TrimSuffix(bare, "/")
	base := bare[strings.LastIndexByte(bare, '/')+1:]
	if key, err := url.PathUnescape(base); err == nil {
		base = key
	}
	return base
}
