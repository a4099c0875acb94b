// Package trust measures what an attribution map is worth and what it says
// about named regions of a picture.
//
// [Evaluate] is the badge beside a map: insertion and deletion against the map's
// own cells permuted and a centre map. [Check] is the test of a method on a
// model: whether its maps notice that the model's weights became random.
// [MaxSensitivity] and [Agreement] are figures of maps that no verdict looks at.
//
// [Measure] and [Hit] say how much of a map lies in a region and whether its
// highest place does; [Hide] makes copies of the picture with a region hidden, so
// that the model can be asked again. Package stats aggregates such figures over
// samples.
//
// Models are asked through attribution.Scorer; nothing here knows of a runtime.
//
// Regions are polygons in displayed pixels: the frame of the upright picture as
// a browser shows it, x to the right, y down, pixel (0, 0) covering [0, 1]².
// docs/trust.md defines every figure for a reader who is new to them.
package trust
