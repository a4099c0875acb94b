// Package explain makes attribution maps: one on demand, or a job of many, and what is
// found out about them: trust, randomisation, agreement, shares of regions.
//
// This package is the server half and what travels between the halves; package work is
// the worker half.
package explain
