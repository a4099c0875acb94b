// Package backup writes a workspace into one stream while it is served, and makes a folder of
// the stream again. The database is copied after a checkpoint, by another process, while nobody
// writes; in that moment every file that it may name gets a second name (a hard link), so that
// what is removed later stays until it is in the stream. Files are never changed once they have
// their names, so the copy is of one moment.
//
// The stream is a tar archive. Its last entry is the list of all others with their SHA-256: a
// stream without it, or with other content, is not restored.
package backup
