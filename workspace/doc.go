// Package workspace is the engine under everything Sightline stores, in one folder:
//
//	sightline.duckdb   the database; its tables belong to stores (packages catalog,
//	                   results, maps, jobs), which Migrate makes and keeps up to date
//	maps/, thumbs/     pack files: many small things in one, in the folders of stores
//	incoming/          what workers deliver; a file moves out of it when its chunk is stored
//	tmp/               DuckDB's spill files
//	lock, server.json  who has the workspace open
//
// One process has a workspace open at a time. Workers do not open it: they
// write files into incoming/ (packs with WritePack), and the process that holds the
// workspace moves them into place and records them in the transaction that marks the
// chunk done, so that a chunk is stored once or not at all, however often it is
// computed.
//
// A large file is always written, synced and renamed before the transaction
// that mentions it. A crash in between leaves an unmentioned file, which the
// next Open removes.
package workspace
