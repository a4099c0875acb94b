// Package regions says what an attribution map says of named areas of an image, and
// hides them.
//
// A [Region] is made of polygons in displayed pixels: the frame of the upright image
// as a browser shows it, x to the right, y down, pixel (0, 0) covering [0, 1]². [New]
// makes one of a box, an outline or a mask as datasets keep them; [Builtin] are those
// that every image has.
//
// [Measure] is how much of a map lies in a region, to the exact area of the cells
// that its outline cuts; [Hit] and [Pointing] play the pointing game. [Hide] makes a
// copy of an image with a region hidden, [Paste] one with the region of another image in its
// place, so that the model can be asked again, and [Control] and [Controls] find matched
// places to hide instead. [Places] are the areas that are tried whatever maps say.
//
// docs/trust.md defines every figure.
package regions
