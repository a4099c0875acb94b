// Package gates assesses rules on an evaluation, so that a build can fail on them: how good a
// model is, how well it is calibrated, where it looks, what decides it, and whether any of
// that is worse than it was.
//
// [Parse] reads a file of rules, and says where in it a mistake is. [Assess] takes the rules and
// what is known of the evaluation ([Facts]) and returns a [Report]: every rule passes, fails,
// or is unjudged, for figures of too few images. It is pure: it reads no store and runs no model.
//
// docs/gates.md states the rules exactly.
package gates
