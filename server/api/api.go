// Package api holds the types that travel between Sightline's HTTP server and
// its clients: the command line, the web interface and other programs. Every
// route of the server takes and returns the types of this package as JSON
// (binary routes say so), and docs/openapi.json is generated from them.
//
// Classes travel as their index in the model; samples as their catalogue id.
// Coordinates are pixels of the image as it is displayed (upright).
package api

import "time"

// Status describes the running server and what its workspace holds.
type Status struct {
	Version     string `json:"version" doc:"Version of Sightline"`
	ONNXRuntime string `json:"onnxruntime" doc:"Version of the embedded ONNX Runtime"`
	DuckDB      string `json:"duckdb" doc:"Version of the embedded DuckDB"`
	Workspace   string `json:"workspace" doc:"Absolute path of the workspace folder"`
	Datasets    int    `json:"datasets"`
	Models      int    `json:"models"`
	Evaluations int    `json:"evaluations"`
	Demo        bool   `json:"demo" doc:"Whether the workspace holds the demonstration"`
}

// Names are what the things of a workspace are called, without any figure: the answer
// of GET /api/names, quick however much is stored.
type Names struct {
	Workspace string       `json:"workspace" doc:"Absolute path of the workspace folder"`
	Datasets  []string     `json:"datasets" doc:"By name"`
	Models    []ModelNames `json:"models" doc:"By name"`
}

// ModelNames is a model's name with those of its classes.
type ModelNames struct {
	Name    string   `json:"name"`
	Classes []string `json:"classes" doc:"In the model's order"`
}

// JobState says where a job is in its life.
type JobState string

// The states of a job. Interrupted means that the server stopped while the
// job ran; submitting the same job again, or resuming it, continues it.
const (
	JobQueued      JobState = "queued"
	JobRunning     JobState = "running"
	JobDone        JobState = "done"
	JobFailed      JobState = "failed"
	JobCancelled   JobState = "cancelled"
	JobInterrupted JobState = "interrupted"
)

// Ended reports whether a job in this state makes no more progress by itself.
func (s JobState) Ended() bool {
	return s != JobQueued && s != JobRunning
}

// Job is a piece of work with its progress.
type Job struct {
	ID         string         `json:"id"`
	Kind       string         `json:"kind" doc:"import, evaluate or explain"`
	Title      string         `json:"title"`
	State      JobState       `json:"state" enum:"queued,running,done,failed,cancelled,interrupted"`
	Items      int            `json:"items" doc:"Samples in the job"`
	Done       int            `json:"done" doc:"Samples finished, failed ones included"`
	Failed     int            `json:"failed" doc:"Samples set aside, each with its reason"`
	Rate       float64        `json:"rate" doc:"Samples per second, lately"`
	ETASeconds float64        `json:"eta_seconds" doc:"Seconds still to go, estimated; 0 if unknown"`
	Created    time.Time      `json:"created"`
	Started    *time.Time     `json:"started,omitempty"`
	Finished   *time.Time     `json:"finished,omitempty"`
	Message    string         `json:"message,omitempty" doc:"What the job is doing"`
	Error      string         `json:"error,omitempty" doc:"Why it failed, and what to do"`
	Result     map[string]any `json:"result,omitempty" doc:"What it made, e.g. evaluation: id"`
	Arithmetic string         `json:"arithmetic,omitempty" doc:"The kind of the workers whose results it holds; several only where they were mixed"`
}

// Worker is a process that does the work of jobs.
type Worker struct {
	ID      string    `json:"id"`
	Name    string    `json:"name" doc:"Of its machine, or what it was named"`
	Remote  bool      `json:"remote" doc:"It shares no folder with the server, and was not started by it"`
	Kind    string    `json:"kind" doc:"Of its arithmetic: workers of one kind give the same results to the bit"`
	Device  string    `json:"device" doc:"That models run on"`
	Version string    `json:"version" doc:"Of Sightline"`
	Cores   int       `json:"cores" doc:"That it keeps busy"`
	Memory  int64     `json:"memory" doc:"Its budget for making maps, in bytes"`
	Since   time.Time `json:"since"`
	Chunks  int       `json:"chunks" doc:"In work"`
	Items   int       `json:"items" doc:"Of jobs, worked on since then"`
	Rate    float64   `json:"rate" doc:"Items per second over the last ten seconds"`
}

// WorkerList is the answer of GET /api/workers.
type WorkerList struct {
	Workers     []Worker `json:"workers" doc:"By name and age"`
	NATS        string   `json:"nats,omitempty" doc:"The external queue where workers on other machines are met"`
	WorkspaceID string   `json:"workspace_id" doc:"What workers on other machines call the workspace"`
}

// JobList is the answer of GET /api/jobs.
type JobList struct {
	Jobs []Job  `json:"jobs" doc:"Most recent first"`
	Next string `json:"next,omitempty" doc:"Where the next page begins: give it as after. Left out on the last page"`
}

// Problem is an error of the API in the form of RFC 9457.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
		Value    any    `json:"value"`
	} `json:"errors,omitempty"`
}
