// Package workspace keeps everything Sightline stores, in one folder:
//
//	sightline.duckdb   the catalogue: datasets, samples, labels, regions, models,
//	                   evaluations, predictions, and where each packed file is; package
//	                   jobs keeps its own two tables in the same database
//	blocks/            score blocks: every class score and the embedding, one file a chunk
//	maps/, thumbs/     attribution maps and thumbnails, many to a pack file
//	incoming/          what workers hand in; a file moves out of it when its chunk is stored
//	tmp/               DuckDB's spill files
//	lock, server.json  who has the workspace open
//
// One process has a workspace open at a time. Workers do not open it: they
// write blocks and packs with WriteBlock and WritePack into incoming/, and the
// process that holds the workspace moves them into place and records them in
// the transaction that marks the chunk done, so that a chunk is stored once or
// not at all, however often it is computed.
//
// A large file is always written, synced and renamed before the transaction
// that mentions it. A crash in between leaves an unmentioned file, which the
// next Open removes.
package workspace
