package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// headers are the C interface of ONNX Runtime, which package kernels is compiled
// against. They come with the module that calls the runtime from Go.
var headers = []string{"onnxruntime_c_api.h", "onnxruntime_ep_c_api.h"}

// copyHeaders puts them into native/include.
func copyHeaders() error {
	const module = "github.com/yalue/onnxruntime_go"
	said, err := exec.Command("go", "mod", "download", "-json", module).Output()
	if err != nil {
		return fmt.Errorf("download the module %s: %w: %s", module, err, said)
	}
	var found struct{ Dir string }
	if err := json.Unmarshal(said, &found); err != nil {
		return fmt.Errorf("download the module %s: %w", module, err)
	}
	if err := os.MkdirAll("native/include", 0o755); err != nil {
		return err
	}
	for _, name := range headers {
		text, err := os.ReadFile(filepath.Join(found.Dir, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join("native/include", name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
