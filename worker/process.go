package worker

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/cpu"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/jobs"
	"github.com/sightline/sightline/jobs/children"
	"github.com/sightline/sightline/ort"
	"github.com/sightline/sightline/task"
)

// Process is the worker process: what the server, or the outpost on another machine, starts.
type Process struct {
	Kinds   func(*Worker) []task.Kind
	Version string // of the program
	Memory  int64  // budget in bytes for making maps; 0 is what the server says
}

// Names of the environment variables that carry settings to a remote worker's process.
const (
	envCores = "SIGHTLINE_WORKER_CORES"
	envCache = "SIGHTLINE_WORKER_CACHE" // folder
	envLimit = "SIGHTLINE_WORKER_CACHE_BYTES"
)

// Away is what a remote worker's process is told.
type Away struct {
	Cores int    // that it keeps busy; 0: all
	Cache string // folder for copies of images and models
	Limit int64  // in bytes, of the copies
}

// Environment is what the process reads it from.
func (a Away) Environment() []string {
	return []string{envCores + "=" + strconv.Itoa(a.Cores), envCache + "=" + a.Cache, envLimit + "=" + strconv.FormatInt(a.Limit, 10)}
}

func awayFromEnv() (a Away, err error) {
	a.Cache = os.Getenv(envCache)
	if a.Cores, err = strconv.Atoi(os.Getenv(envCores)); err == nil {
		a.Limit, err = strconv.ParseInt(os.Getenv(envLimit), 10, 64)
	}
	if err != nil || a.Cache == "" {
		return a, fmt.Errorf("a remote worker needs %s, %s and %s: it is started by `sightline worker --nats URL`", envCores, envCache, envLimit)
	}
	return a, nil
}

// Run is the worker process of tests: of no version, with the server's budget.
func Run(ctx context.Context, memory int64, kinds func(*Worker) []task.Kind) error {
	return Process{Kinds: kinds, Memory: memory}.Run(ctx)
}

// Run connects to the server that started the process (see jobs.Supervise), or that its outpost
// names, and works until ctx ends or the server is gone. A remote worker outlives servers, and
// finishes what it is at when ctx ends.
func (p Process) Run(ctx context.Context) error {
	config, err := jobs.WorkerConfigFromEnv()
	if err != nil {
		return err
	}
	if p.Memory == 0 {
		if p.Memory, err = task.MemoryFromEnv(); err != nil {
			return err
		}
	}
	limit, err := task.RunLimitFromEnv()
	if err != nil {
		return err
	}
	children.HoldLifeline()
	children.OfferToKernel()
	var away Away
	if config.Remote {
		if away, err = awayFromEnv(); err != nil {
			return err
		}
		config.Drain, ctx = ctx.Done(), context.WithoutCancel(ctx)
	}
	w := New(Options{Memory: p.Memory, RunLimit: limit, Cores: away.Cores})
	defer w.Close()
	w.models.graphs = keptGraphs(p.Version)
	config.Silence, config.Grace = w.patience.opening()+2*w.patience.grace(), w.patience.grace()
	if err := p.describe(&config.Hello, w); err != nil {
		return err
	}
	attending := jobs.NewWorker(config)
	if config.Remote {
		if err := w.goAway(attending, away, config.Incoming); err != nil {
			return err
		}
	}
	for _, k := range p.Kinds(w) {
		k.Attend(attending)
	}
	return attending.Run(ctx)
}

// goAway has a worker ask the server for its files.
func (w *Worker) goAway(from lender, a Away, dir string) error {
	cache, err := blobs.OpenFolder(a.Cache, a.Limit)
	w.remote = &remote{from, cache, dir, s3.HasCredentials()}
	w.models.remote = w.remote
	return err
}

func (p Process) describe(h *jobs.Hello, w *Worker) (err error) {
	h.Version, h.Cores, h.Memory, h.Device = p.Version, w.Cores.Count(), int64(w.Budget), "cpu"
	h.Kind, err = Arithmetic()
	return err
}

// Arithmetic names what the bits of results depend on besides the program: the instruction
// sets that the runtime chooses its loops by, its version, and the device.
func Arithmetic() (string, error) {
	version, err := ort.Version()
	if err != nil {
		return "", fmt.Errorf("ask ONNX Runtime for its version: %w", err)
	}
	sets := []string{runtime.GOARCH}
	for _, set := range []struct {
		name string
		has  bool
	}{{"avx2", cpu.X86.HasAVX2}, {"fma", cpu.X86.HasFMA}, {"avx512f", cpu.X86.HasAVX512F}, {"avx512bw", cpu.X86.HasAVX512BW},
		{"vnni", cpu.X86.HasAVX512VNNI}, {"bf16", cpu.X86.HasAVX512BF16}, {"amx", cpu.X86.HasAMXTile},
		{"dotprod", cpu.ARM64.HasASIMDDP}, {"sve", cpu.ARM64.HasSVE}} {
		if set.has {
			sets = append(sets, set.name)
		}
	}
	return strings.Join(sets, "+") + " ort" + version + " cpu", nil
}
