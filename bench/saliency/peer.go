package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"strconv"

	"github.com/sightline/sightline/internal/floats"
)

// question is a line to peer.py.
type question struct {
	Export string   `json:"export,omitempty"`
	Models []string `json:"models,omitempty"`
	Model  string   `json:"model,omitempty"`
	Method string   `json:"method,omitempty"`
	Batch  int      `json:"batch,omitempty"`
	Steps  int      `json:"steps,omitempty"`
}

type answer struct {
	Seconds float64   `json:"seconds"`
	Map     []float32 `json:"map"`
}

// peer is the Python process.
type peer struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

func startPeer() (*peer, error) {
	c := exec.Command("/usr/bin/python3", "bench/saliency/peer.py")
	c.Env = append(os.Environ(), "PEER_THREADS="+strconv.Itoa(threads), "OMP_NUM_THREADS="+strconv.Itoa(threads))
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("start Python: %w; run this from the root of the repository, with python3-torch and python3-torchvision installed", err)
	}
	return &peer{c, in, bufio.NewReader(out)}, nil
}

func (p *peer) ask(q question) (answer, error) {
	line, err := json.Marshal(q)
	if err != nil {
		return answer{}, err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return answer{}, fmt.Errorf("ask Python: %w", err)
	}
	reply, err := p.out.ReadBytes('\n')
	if err != nil {
		return answer{}, fmt.Errorf("the Python process ended (its error is above): %w", err)
	}
	var a answer
	return a, json.Unmarshal(reply, &a)
}

func (p *peer) seconds(q question) (float64, error) {
	if q.Method == "" {
		return math.NaN(), nil
	}
	a, err := p.ask(q)
	return a.Seconds, err
}

func (p *peer) stop() {
	p.in.Close()
	_ = p.command.Wait()
}

// inputLen is the number of values of one image.
const inputLen = 3 * 224 * 224

func readFloats(path string) ([]float32, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return floats.From(data), nil
}
