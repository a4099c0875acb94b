package imaging

// Resize scales im to w×h pixels (both at least 1), keeping its Orientation.
//
// With antialias, and for Nearest always, the result is that of Pillow's
// Image.resize with the same filter, bit for bit. Without it, Bilinear and
// Bicubic are those of OpenCV's cv2.resize (INTER_LINEAR, INTER_CUBIC on 8-bit
// images): two or four taps a direction however much the image shrinks; the
// other filters have no such variant and are antialiased all the same.
func Resize(im *Image, w, h int, f Filter, antialias bool) *Image {
	whole := window{width: w, height: h, x1: w, y1: h}
	var out *Image
	if !antialias && (f == Bilinear || f == Bicubic) {
		out = resizeOpenCV(im, whole, f)
	} else {
		out = resizePillow(im, whole, f)
	}
	out.Orientation = im.Orientation
	return out
}
