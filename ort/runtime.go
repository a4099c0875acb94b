package ort

import (
	"fmt"
	"os"
	"sync"

	"github.com/sightline/sightline/native"
	rt "github.com/yalue/onnxruntime_go"
)

var initialise = sync.OnceValue(func() error {
	path, err := native.Path(native.ONNXRuntime)
	if err != nil {
		return fmt.Errorf("find ONNX Runtime: %w", err)
	}
	// From 1.30 on, the library records its use in a database in the user's cache and
	// sends it to Microsoft. Only this keeps it from opening that database: the call
	// below comes after the library's start has been recorded.
	if err := os.Setenv("ORT_DISABLE_TELEMETRY", "1"); err != nil {
		return fmt.Errorf("switch ONNX Runtime's telemetry off: %w", err)
	}
	rt.SetSharedLibraryPath(path)
	// Errors are returned as well as logged: the log would only repeat them on
	// standard error, and warnings speak to whoever made the model.
	if err := rt.InitializeEnvironment(rt.WithLogLevelFatal()); err != nil {
		return fmt.Errorf("start ONNX Runtime (%s): %w; it needs Linux with glibc 2.28 or newer on the processor this binary was built for", path, err)
	}
	if err := rt.DisableTelemetry(); err != nil {
		return fmt.Errorf("switch ONNX Runtime's telemetry off: %w", err)
	}
	return shareMemory()
})

// shareMemory lets all sessions take the memory of their runs from one arena:
// arenas do not shrink, so with one each, every model that was ever run would keep
// the memory of its largest run.
func shareMemory() error {
	info, err := rt.GetMemoryInfo()
	if err != nil {
		return fmt.Errorf("share memory between models: %w", err)
	}
	arena, err := rt.NewArenaCfg(0, asRequested, -1, -1)
	if err != nil {
		return fmt.Errorf("share memory between models: %w", err)
	}
	defer arena.Destroy()
	if err := rt.CreateAndRegisterAllocator(info, arena); err != nil {
		return fmt.Errorf("share memory between models: %w", err)
	}
	return nil
}

// asRequested makes an arena grow by what is asked for, not by powers of two.
const asRequested = 1

// Version returns the version of the embedded ONNX Runtime, e.g. "1.30.0", without loading it.
func Version() (string, error) { return native.RuntimeVersion() }

// loadedVersion is what the library itself says.
func loadedVersion() (string, error) {
	if err := initialise(); err != nil {
		return "", err
	}
	return rt.GetVersion(), nil
}
