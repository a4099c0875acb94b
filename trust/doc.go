// Package trust measures how far an attribution map can be trusted.
//
// [Evaluate] is the badge beside a map: insertion and deletion against the map's
// own cells permuted and a centre map. [Check] is the test of a method on a
// model: whether its maps notice that the model's weights became random.
// [MaxSensitivity] and [Agreement] are figures of maps that no verdict looks at.
//
// Models are asked through attribution.Scorer; nothing here knows of a runtime.
//
// docs/trust.md defines every figure for a reader who is new to them.
package trust
