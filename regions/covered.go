package regions

// coveredSide is how many points a side of a region's box are looked at.
const coveredSide = 48

// Covered is the share of a region's area, from 0 to 1, that lies on another one: of a grid of
// 48×48 points over its box, so that it is met within a few hundredths.
func Covered(region, by Region) float64 {
	left, top, right, bottom := region.Bounds()
	inside, both := 0, 0
	for i := range coveredSide * coveredSide {
		x := left + (float64(i%coveredSide)+0.5)/coveredSide*(right-left)
		y := top + (float64(i/coveredSide)+0.5)/coveredSide*(bottom-top)
		if region.Contains(x, y) {
			inside++
			if by.Contains(x, y) {
				both++
			}
		}
	}
	if inside == 0 {
		return 0
	}
	return float64(both) / float64(inside)
}
