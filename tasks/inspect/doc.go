// Package inspect has workers look into models: which settings a model file asks for, when
// it is added, and at which layers CAM methods can look. It has calls and no jobs.
//
// This package is the server half and what travels between the halves; package work is
// the worker half.
package inspect
