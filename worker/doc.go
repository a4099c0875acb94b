// Package worker is what the worker halves of all kinds of work share in a worker
// process: its cores and memory budget, the models it has open, the scores that models
// gave of the images looked at last, and a [Scorer], which lets a saliency method run a
// model on all cores. [Process] is the whole of a worker process. The server never imports it.
package worker
