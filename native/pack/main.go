// Command pack compresses the shared libraries that npm installed under
// native/node_modules into native/lib, where package native embeds them, and copies
// the C headers of ONNX Runtime into native/include. It does nothing for a library whose packed copy is newer than its source.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"

	"github.com/klauspost/compress/zstd"
)

// npmArch is Node's name for this machine's processor.
var npmArch = map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]

func main() {
	log.SetFlags(0)
	log.SetPrefix("pack: ")
	if runtime.GOOS != "linux" || npmArch == "" {
		log.Fatalf("Sightline builds on Linux on amd64 and arm64; this is %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	if err := copyHeaders(); err != nil {
		log.Fatal(err)
	}
	sources := map[string]string{
		"libonnxruntime.so": "native/node_modules/onnxruntime-node/bin/napi-v6/linux/" + npmArch + "/libonnxruntime.so.1",
		"libvips.so":        "native/node_modules/@img/sharp-libvips-linux-" + npmArch + "/lib/libvips-cpp.so.*",
	}
	for name, pattern := range sources {
		if err := pack(name, pattern); err != nil {
			log.Fatal(err)
		}
	}
}

func pack(name, pattern string) error {
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		return fmt.Errorf("%d files match %s; run `npm ci` in native/", len(found), pattern)
	}
	target := filepath.Join("native/lib", name+".zst")
	if newer(target, found[0]) {
		return nil
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	w, err := zstd.NewWriter(&packed, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	if err := os.MkdirAll("native/lib", 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join("native/lib", name+".sha256"), []byte(hex.EncodeToString(sum[:])+"\n"), 0o644); err != nil {
		return err
	}
	fmt.Printf("%s: %d MB packed to %d MB\n", name, len(data)>>20, packed.Len()>>20)
	return os.WriteFile(target, packed.Bytes(), 0o644)
}

// newer reports whether a exists and is not older than the file b.
func newer(a, b string) bool {
	ai, err := os.Stat(a)
	if err != nil {
		return false
	}
	bi, err := os.Stat(b)
	return err == nil && !ai.ModTime().Before(bi.ModTime())
}
