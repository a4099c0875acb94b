// Package attention follows what the class takes from every patch through the
// attention of a vision transformer. find.go reads the attention from the graph.
package attention
