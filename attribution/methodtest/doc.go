// Package methodtest holds what every saliency method must do, as cases that run on
// every method of a registry: a new method is held to all of them by being listed.
// What a method computes is the business of its own tests.
//
//	methodtest.Suite{Methods: methods.All()}.Run(t)
//
// Methods that need only scores explain a model of weighted sums, which is written in
// Go; the others the first of a small network and a small transformer that they fit.
// Those are opened once for all methods. A case may leave a method out only for what
// its card declares, with a reason (see Case).
package methodtest
