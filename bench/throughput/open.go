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

	"github.com/sightline/sightline/bench/internal/floor"
)

// openSamples is how many photos the first look is measured on.
const openSamples = 200

// firstLook runs `sightline open` on 200 photos in a fresh workspace. It returns
// the wall time until the matrix has been fetched from its server, and the
// duration of each kind of job on the way.
func firstLook(s settings, dir string) (took time.Duration, jobs map[string]time.Duration, err error) {
	photos := filepath.Join(dir, "first-look")
	if _, err := multiply(s.photos, photos, openSamples); err != nil {
		return 0, nil, err
	}
	workspace := filepath.Join(dir, "first-look-workspace")
	cmd := exec.Command(s.binary, "open", photos, "--model", s.model, "--preprocessing", "imagenet", "--listen", "127.0.0.1:0", "--workspace", workspace, "--json")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, nil, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, nil, err
	}
	defer func() {
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
		os.RemoveAll(workspace)
	}()
	var opened struct{ URL, Evaluation string }
	if err := json.NewDecoder(out).Decode(&opened); err != nil {
		return 0, nil, fmt.Errorf("read what `sightline open` printed: %w", err)
	}
	if _, err := fetch(opened.URL + "/api/evaluations/" + opened.Evaluation + "/matrix"); err != nil {
		return 0, nil, err
	}
	took = time.Since(start)
	jobs, err = jobTimes(opened.URL)
	return took, jobs, err
}

func jobTimes(url string) (map[string]time.Duration, error) {
	data, err := fetch(url + "/api/jobs")
	if err != nil {
		return nil, err
	}
	var list struct {
		Jobs []struct {
			Kind              string
			Started, Finished time.Time
		}
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("read the list of jobs: %w", err)
	}
	times := map[string]time.Duration{}
	for _, j := range list.Jobs {
		times[j.Kind] += j.Finished.Sub(j.Started)
	}
	return times, nil
}

func fetch(address string) ([]byte, error) {
	response, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("fetch %s: %s", address, response.Status)
	}
	return data, err
}

func reportFirstLook(s settings, dir string, best floor.Setting) error {
	took, jobs, err := firstLook(s, dir)
	if err != nil {
		return err
	}
	inference, err := best.Time(s.model, openSamples)
	if err != nil {
		return err
	}
	fmt.Printf("open on %d photos: %.2f s to the matrix (import with thumbnails %.2f s, evaluation %.2f s), of which ONNX Runtime alone needs %.2f s: %.0f %% is spent outside inference\n",
		openSamples, took.Seconds(), jobs["import"].Seconds(), jobs["evaluate"].Seconds(), inference.Seconds(), 100*(1-inference.Seconds()/took.Seconds()))
	return nil
}
