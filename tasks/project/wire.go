package project

// Name is that of the kind, and of its jobs.
const Name = "project"

// Payload is what a worker makes a map of.
type Payload struct {
	Evaluation string   `json:"evaluation"`
	Revision   string   `json:"revision"` // of the blocks
	Blocks     []string `json:"blocks"`   // paths, for a worker that shares the server's folder
	Unfinished string   `json:"unfinished"`
	Seed       uint64   `json:"seed"`
}

// Steps is how many items a job has: one map, in hundredths. The first item stands for it.
const Steps = 100
