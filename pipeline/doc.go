// Package pipeline is what Sightline's jobs do with images and models.
//
//	import    scan a folder, then decode every new image and keep a thumbnail
//	evaluate  read → decode → preprocess → run, for every sample of a dataset
//	explain   an attribution map for every sample of a slice
//
// Each has a planner half, which runs in the server and stores, and a processor
// half, which runs in a worker process and computes; files whose names begin
// with work_ are of the latter. Decoding and running happen only in workers: a
// hostile image or model takes a worker down, never the server.
//
// [Pipeline] is the server's door to all of it; [RunWorker] is the whole of the
// worker verb. Interactive requests (inspect a model, explain one sample, show
// a picture) are calls to the same workers, and go ahead of jobs.
package pipeline
