// Package jobs runs long work in worker processes so that nothing is lost,
// doubled or silently skipped, whichever process dies.
//
// It knows nothing of images, and keeps its own tables in a workspace's database. A
// job is a list of items; a [Planner] cuts it
// once into chunks (contiguous ranges of items), which are rows of a [Store].
// The store is the durable truth: a chunk is finished when its done-mark is
// there, and the mark is written in the transaction that stores its result.
// The [Queue] (an embedded NATS JetStream server) only carries chunks to
// workers; it lives in memory and can be thrown away at any time, because what
// is open can always be read from the store and published again.
//
// The life of a chunk:
//
//	planned ─ published ─ delivered ─ claimed ─ worked on ─ ingested+marked ─ acknowledged
//	   store      queue       queue     Manager     Worker         store            queue
//
// The server half is [Manager] (with [Queue] and [Supervise]); the half that
// runs in the worker process is [Worker]. Calls ([Manager.Call],
// [Worker.HandleCall]) use the same workers for interactive requests and run
// ahead of chunks. docs/jobs.md has the table of what happens when what dies.
package jobs
