package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// openSamples is how many photos the first look is measured on.
const openSamples = 200

// firstLook returns the wall time from starting `sightline open` on 200 photos
// in a fresh workspace until the matrix has been fetched from its server.
func firstLook(s settings, dir string) (took time.Duration, err error) {
	photos := filepath.Join(dir, "first-look")
	if _, err := multiply(s.photos, photos, openSamples); err != nil {
		return 0, err
	}
	workspace := filepath.Join(dir, "first-look-workspace")
	cmd := exec.Command(s.binary, "open", photos, "--model", s.model, "--preprocessing", "imagenet", "--listen", "127.0.0.1:0", "--workspace", workspace, "--json")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		os.RemoveAll(workspace)
	}()
	var opened struct{ URL, Evaluation string }
	if err := json.NewDecoder(out).Decode(&opened); err != nil {
		return 0, fmt.Errorf("read what `sightline open` printed: %w", err)
	}
	response, err := http.Get(opened.URL + "/api/evaluations/" + opened.Evaluation + "/matrix")
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("fetch the matrix: %s: %w", response.Status, err)
	}
	return time.Since(start), nil
}

func reportFirstLook(s settings, dir string, best setting) error {
	took, err := firstLook(s, dir)
	if err != nil {
		return err
	}
	inference, err := best.time(s.model, openSamples)
	if err != nil {
		return err
	}
	fmt.Printf("open on %d photos: %.2f s to the matrix, of which ONNX Runtime alone needs %.2f s: %.0f %% is spent outside inference\n",
		openSamples, took.Seconds(), inference.Seconds(), 100*(1-inference.Seconds()/took.Seconds()))
	return nil
}
