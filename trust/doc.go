// Package trust measures what an attribution map is worth and what it says
// about named regions of a picture: the share of attribution inside a region,
// whether the hottest place lies in it, and copies of the picture with a region
// hidden, so that the model can be asked again.
//
// Regions are polygons in displayed pixels: the frame of the upright picture as
// a browser shows it, x to the right, y down, pixel (0, 0) covering [0, 1]².
package trust
