// Package task is the contract of a kind of work, and what the server halves of several
// kinds share.
//
// A kind (importing, evaluating, explaining, …) has two halves. The server half plans
// jobs, makes what a worker needs for a chunk, and stores what comes back; it never
// decodes an image and never runs a model. The worker half does that, in a process of its
// own: a hostile image or model takes a worker down, never the server. A [Kind] is how
// either half tells the registry of itself, [Server] what a server half works with.
package task
