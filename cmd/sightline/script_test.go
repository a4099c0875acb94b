package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/internal/daemontest"
	"github.com/sightline/sightline/internal/fixture"
	"github.com/sightline/sightline/internal/natstest"
	"github.com/sightline/sightline/internal/s3test"
	"github.com/sightline/sightline/internal/thorough"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/front"
)

// TestMain lets the test binary stand in for sightline: scripts run it as a
// command, and its servers start it as their worker.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sightline": main, "nats-server": func() { os.Exit(natstest.Serve(os.Args[1])) }})
}

// TestScripts runs testdata/script/*.txtar, one for each behaviour. Besides
// testscript's own commands they use those of scriptCommands.
func TestScripts(t *testing.T) {
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:      "testdata/script",
		Deadline: time.Now().Add(10 * time.Minute),
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_CACHE_HOME", cache) // the unpacked native libraries
			return nil
		},
		Cmds: scriptCommands,
		Condition: func(name string) (bool, error) {
			switch name {
			case "root":
				return os.Getuid() == 0, nil
			case "ci": // what takes as long as continuous integration has time for
				return thorough.On(), nil
			}
			return false, fmt.Errorf("there is no condition %s", name)
		},
	})
}

var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	// queue FILE: a configuration of a nats-server, and its address in $NATS_URL.
	"queue": func(ts *testscript.TestScript, _ bool, args []string) {
		port, err := daemontest.FreePort()
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(natstest.Config(port, ts.MkAbs("jetstream"))), 0o600))
		ts.Setenv("NATS_URL", fmt.Sprintf("nats://127.0.0.1:%d", port))
	},
	// bucket NAME DIR: an S3 server, found by the environment, with a bucket that holds a folder.
	"bucket": func(ts *testscript.TestScript, _ bool, args []string) {
		s, err := s3test.Launch(ts.MkAbs("s3"), args[0])
		ts.Check(err)
		ts.Defer(s.Kill)
		for _, one := range s.Environment() {
			name, value, _ := strings.Cut(one, "=")
			ts.Setenv(name, value)
		}
		dir := ts.MkAbs(args[1])
		ts.Check(os.CopyFS(filepath.Join(s.Folder(args[0]), filepath.Base(dir)), os.DirFS(dir)))
	},
	// capture NAME PATTERN: what the group of a pattern matches in the last output, in $NAME.
	"capture": func(ts *testscript.TestScript, _ bool, args []string) {
		found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
		if len(found) != 2 {
			ts.Fatalf("%s is not in the output", args[1])
		}
		ts.Setenv(args[0], found[1])
	},
	// until PATTERN COMMAND…: the output of a command has the pattern within ten seconds.
	"until": func(ts *testscript.TestScript, _ bool, args []string) {
		for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(200 * time.Millisecond) {
			ts.Check(ts.Exec(args[1], args[2:]...))
			if regexp.MustCompile(args[0]).MatchString(ts.ReadFile("stdout")) {
				return
			}
			if time.Now().After(deadline) {
				ts.Fatalf("%s does not come up", args[0])
			}
		}
	},
	// images DIR CLASS,CLASS… COUNT: COUNT images in a folder per class.
	"images": func(ts *testscript.TestScript, _ bool, args []string) {
		count, err := strconv.Atoi(args[2])
		ts.Check(err)
		ts.Check(fixture.WriteImages(ts.MkAbs(args[0]), strings.Split(args[1], ","), count))
	},
	// offers LINE ARGS…: completion offers a line that begins so. Names that take too
	// long on a busy machine are not waited for, so it is asked a few times.
	"offers": func(ts *testscript.TestScript, _ bool, args []string) {
		for range 20 {
			ts.Check(ts.Exec("sightline", append([]string{"__complete"}, args[1:]...)...))
			if strings.Contains("\n"+ts.ReadFile("stdout"), "\n"+args[0]) {
				return
			}
		}
		ts.Fatalf("completion does not offer %s", args[0])
	},
	// exits CODE COMMAND…: the command ends with this exit code.
	"exits": func(ts *testscript.TestScript, _ bool, args []string) {
		err := ts.Exec(args[1], args[2:]...)
		code := 0
		if failed := (&exec.ExitError{}); errors.As(err, &failed) {
			code = failed.ExitCode()
		}
		if strconv.Itoa(code) != args[0] {
			ts.Fatalf("exit code %d, want %s", code, args[0])
		}
	},
	// badimages DIR: images that are not what they seem.
	"badimages": func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Check(fixture.WriteBadImages(ts.MkAbs(args[0])))
	},
	// model FILE KIND: a small ONNX model; see package fixture for the kinds.
	"model": func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Check(fixture.WriteModel(ts.MkAbs(args[0]), args[1]))
	},
	// json FILE PATH VALUE: the value at a path such as a.b.0.c of a JSON document.
	"json": func(ts *testscript.TestScript, neg bool, args []string) {
		got, err := jsonAt(ts.ReadFile(args[0]), args[1])
		ts.Check(err)
		if (got == args[2]) == neg {
			ts.Fatalf("%s of %s is %s, want %s", args[1], args[0], got, args[2])
		}
	},
	// truncate FILE BYTES: cut a file.
	"truncate": func(ts *testscript.TestScript, _ bool, args []string) {
		n, err := strconv.ParseInt(args[1], 10, 64)
		ts.Check(err)
		ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
	},
	// await WORKSPACE: until a server has announced itself there; sets $URL and $TOKEN.
	"await": func(ts *testscript.TestScript, _ bool, args []string) {
		a, err := awaitServer(ts.MkAbs(args[0]))
		ts.Check(err)
		ts.Setenv("URL", a.URL)
		ts.Setenv("TOKEN", a.Token)
		ts.Setenv("LISTEN", strings.TrimPrefix(a.URL, "http://"))
	},
	// evaluated URL EVALUATION: until the server says that it is done, and a
	// moment for the command that waits for it to say so.
	"evaluated": func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Check(awaitEvaluation(args[0] + "/api/evaluations/" + args[1]))
		time.Sleep(2 * time.Second)
	},
	// progressed WORKSPACE: until the newest job of its server has done something.
	"progressed": func(ts *testscript.TestScript, _ bool, args []string) {
		ts.Check(awaitProgress(ts.MkAbs(args[0])))
	},
	// jobid FILE: sets $JOB to the newest job of a list.
	"jobid": func(ts *testscript.TestScript, _ bool, args []string) {
		id, err := jsonAt(ts.ReadFile(args[0]), "jobs.0.id")
		ts.Check(err)
		ts.Setenv("JOB", id)
	},
	// fetch STATUS METHOD ADDRESS [Header:value]…: the body becomes the file `body`.
	"fetch": func(ts *testscript.TestScript, _ bool, args []string) {
		status, body, err := fetch(args[1], args[2], args[3:])
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs("body"), body, 0o644))
		if fmt.Sprint(status) != args[0] {
			ts.Fatalf("%s %s: status %d, want %s: %s", args[1], args[2], status, args[0], body)
		}
	},
}

// jsonAt finds a value by a dotted path; len as the last step is the length.
func jsonAt(document, path string) (string, error) {
	var value any
	if err := json.Unmarshal([]byte(document), &value); err != nil {
		return "", fmt.Errorf("not one JSON document: %w: %s", err, document)
	}
	for step := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[step]
			if !ok {
				return "", fmt.Errorf("no %s in %s", step, path)
			}
			value = next
		case []any:
			if step == "len" {
				return strconv.Itoa(len(v)), nil
			}
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return "", fmt.Errorf("no element %s in %s", step, path)
			}
			value = v[i]
		default:
			return "", fmt.Errorf("no %s in %s", step, path)
		}
	}
	if text, ok := value.(string); ok {
		return text, nil
	}
	b, err := json.Marshal(value)
	return string(b), err
}

func awaitServer(workspace string) (front.Address, error) {
	for range 600 {
		if a, ok := front.Discover(workspace); ok {
			return a, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return front.Address{}, fmt.Errorf("no server announced itself in %s", filepath.Base(workspace))
}

func awaitEvaluation(address string) error {
	var body []byte
	for range 4000 {
		_, body, _ = fetch("GET", address, nil)
		if state, err := jsonAt(string(body), "state"); err == nil && state == "done" {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("not done: %s", body)
}

func awaitProgress(workspace string) error {
	a, err := awaitServer(workspace)
	if err != nil {
		return err
	}
	c := client.New(a.URL, a.Token)
	for range 600 {
		jobs, err := c.Jobs(context.Background())
		if err == nil && len(jobs) > 0 && jobs[0].State == api.JobRunning && jobs[0].Done > 0 {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("no job makes progress in %s", workspace)
}

func fetch(method, address string, headers []string) (int, []byte, error) {
	req, err := http.NewRequest(method, address, nil)
	if err != nil {
		return 0, nil, err
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		if name == "Host" {
			req.Host = value
		}
		req.Header.Set(name, value)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, body, err
}
