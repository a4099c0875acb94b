// Package imaging turns image files into model inputs, exactly as the Python
// libraries that models are trained with do.
//
//	file ── Probe, Decode ── Image ── Preprocessing.Apply ── tensor
//	                           │                 └─ Geometry: input pixel → displayed pixel
//	                           └─ package drawing: thumbnails, overlays
//
// Pixels that differ from those in training change predictions, so decoding and
// resizing equal PIL's, bit for bit; docs/images.md has the table of cases and
// how each is proven.
//
// Three coordinate frames occur. Stored: the pixels as the file has them, what
// Decode returns. Displayed (upright): stored, turned by the EXIF orientation,
// as browsers show it. Input: the model's. Coordinates are continuous, with x to
// the right, y down, and the centre of the first pixel at (0.5, 0.5).
//
// Functions are safe for concurrent use unless they write to their arguments.
package imaging
