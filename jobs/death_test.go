package jobs

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestPoisonIsBisectedAndQuarantined(t *testing.T) {
	r := newRig(t, dbPath(t), 1)
	defer r.close()
	job := r.wait(t, r.submit(t, squares{Items: 48, Chunk: 16, Poison: []int{21}}).ID)
	if job.State != Done || job.Done != 48 || job.Failed != 1 {
		t.Fatalf("got %+v", job)
	}
	r.check(t, job, 21)
	var item int
	var reason string
	if err := r.ws.QueryRow(context.Background(), `SELECT item, reason FROM quarantine WHERE job = ?`, job.ID).Scan(&item, &reason); err != nil {
		t.Fatal(err)
	}
	if item != 21 || !strings.Contains(reason, "the model runtime crashed on this sample") || !strings.Contains(reason, "killed") {
		t.Errorf("item %d: %s", item, reason)
	}
}

func TestTwoPoisonsAndTwoWorkers(t *testing.T) {
	r := newRig(t, dbPath(t), 2)
	defer r.close()
	job := r.wait(t, r.submit(t, squares{Items: 40, Chunk: 8, Poison: []int{3, 30}, Delay: 500}).ID)
	if job.State != Done || job.Failed != 2 {
		t.Fatalf("got %+v", job)
	}
	r.check(t, job, 3, 30)
}

// TestWorkersKilledAtRandom kills workers at 20 seeded moments of a job:
// nothing is lost, doubled, or blamed on an innocent item.
func TestWorkersKilledAtRandom(t *testing.T) {
	r := newRig(t, dbPath(t), 2)
	defer r.close()
	rng := rand.New(rand.NewPCG(2026, 11))
	job := r.submit(t, squares{Items: 2400, Chunk: 40, Delay: 2000})
	for range 20 {
		time.Sleep(time.Duration(20+rng.IntN(150)) * time.Millisecond)
		if pids := r.workers.Processes(); len(pids) > 0 {
			syscall.Kill(pids[rng.IntN(len(pids))], syscall.SIGKILL)
		}
	}
	end := r.wait(t, job.ID)
	if end.State != Done || end.Failed != 0 {
		t.Fatalf("got %+v", end)
	}
	r.check(t, end)
}

// serverMain is a server that runs a job and tells its worker's process id.
func serverMain() {
	r, err := startRig(os.Getenv("SIGHTLINE_JOBS_TEST_DB"), 1)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := r.manager.ResumeInterrupted(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	job, err := r.manager.Submit(context.Background(), "squares", squares{Items: 1000, Chunk: 20, Delay: 1000})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for r.manager.Workers() == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println(r.workers.Processes()[0])
	job, err = r.manager.Wait(context.Background(), job.ID)
	fmt.Println(job.State, err)
	r.close()
}

func startServer(t *testing.T, db string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleEnv+"=server", "SIGHTLINE_JOBS_TEST_DB="+db)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, bufio.NewScanner(out)
}

// TestServerKilled kills -9 the server at seeded moments: its worker is gone
// within 5 s each time, and the job ends up complete, each item once.
func TestServerKilled(t *testing.T) {
	db := dbPath(t)
	rng := rand.New(rand.NewPCG(7, 7))
	for range 4 {
		cmd, out := startServer(t, db)
		if !out.Scan() {
			t.Fatal("the server said nothing")
		}
		var worker int
		fmt.Sscan(out.Text(), &worker)
		time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
		cmd.Process.Kill()
		killed := time.Now()
		cmd.Wait()
		for syscall.Kill(worker, 0) == nil {
			if time.Since(killed) > 5*time.Second {
				t.Fatalf("the worker outlives its server by more than 5 s")
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	cmd, out := startServer(t, db)
	out.Scan()
	out.Scan()
	if out.Text() != "done <nil>" {
		t.Fatalf("the last server ended with %q", out.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, db, 0)
	defer r.close()
	list, err := r.manager.List(context.Background())
	if err != nil || len(list) != 1 {
		t.Fatalf("%d jobs, %v", len(list), err)
	}
	r.check(t, list[0])
}

// TestLifelineAlone ends a worker by closing its standard input, as happens
// when a server dies on a system that sends no signal to orphans.
func TestLifelineAlone(t *testing.T) {
	r := newRig(t, dbPath(t), 0)
	defer r.close()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleEnv+"=worker", envID+"=w", envURL+"="+r.queue.Address().URL, envToken+"="+r.queue.Address().Token, envIncoming+"="+t.TempDir())
	pipe, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "the worker to say hello", func() bool { return r.manager.Workers() == 1 })
	pipe.Close()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		cmd.Process.Kill()
		t.Fatal("the worker outlives its life-line by more than 5 s")
	}
}

func TestWrongTokenIsRefused(t *testing.T) {
	r := newRig(t, dbPath(t), 0)
	defer r.close()
	w := NewWorker(WorkerConfig{ID: "intruder", URL: r.queue.Address().URL, Token: "guess", Incoming: t.TempDir()})
	if err := w.Run(context.Background()); err == nil || !strings.Contains(strings.ToLower(err.Error()), "authorization") {
		t.Errorf("a worker with a wrong token got %v", err)
	}
	if !strings.HasPrefix(r.queue.Address().URL, "nats://127.0.0.1:") {
		t.Errorf("the queue listens at %s", r.queue.Address().URL)
	}
}
