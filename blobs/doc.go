// Package blobs moves contents between machines: what a server lends of its files, piece by
// piece, to workers that share no folder with it, and the folder in which such a worker keeps
// what it had. A content is named by its SHA-256 and compared with it on arrival, so that no
// content stands for another whoever made it. It knows nothing of what contents are of, nor of
// what carries them.
package blobs
