package drawing

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
)

// ColourMap turns a number between 0 and 1 into a colour. Equal steps look
// equally large.
type ColourMap struct {
	Name string
	// Diverging is set if 0.5 is neutral: for signed values around zero.
	Diverging bool
	Colours   [256][3]uint8
}

// ColourMaps lists the names that NewColourMap knows.
func ColourMaps() []string { return []string{"viridis", "inferno", "cividis", "balance"} }

// NewColourMap returns a colour map by name: viridis, inferno and cividis run
// from dark to bright (cividis for colour-blind readers too); balance runs from
// blue over near-white to red, for signed maps.
func NewColourMap(name string) (*ColourMap, error) {
	i := slices.Index(ColourMaps(), strings.ToLower(name))
	if i < 0 {
		return nil, fmt.Errorf("unknown colour map %q: use one of %s", name, strings.Join(ColourMaps(), ", "))
	}
	return colourMaps()[i], nil
}

var colourMaps = sync.OnceValue(func() []*ColourMap {
	return []*ColourMap{
		sequential("viridis", viridisHex), sequential("inferno", infernoHex), sequential("cividis", cividisHex), balance(),
	}
})

func sequential(name, digits string) *ColourMap {
	m := &ColourMap{Name: name}
	bytes, err := hex.DecodeString(digits)
	if err != nil || len(bytes) != 3*256 {
		panic("drawing: the table of " + name + " is damaged")
	}
	for i := range m.Colours {
		copy(m.Colours[i][:], bytes[3*i:])
	}
	return m
}

// balance is made in Oklab, a space whose distances are near what eyes see:
// lightness falls evenly from the middle to both ends while the chroma rises.
func balance() *ColourMap {
	m := &ColourMap{Name: "balance", Diverging: true}
	for i := range m.Colours {
		t := float64(i)/127.5 - 1
		strength := math.Abs(t)
		hue := 27.0 // degrees: red
		if t < 0 {
			hue = 257 // blue
		}
		chroma := 0.17 * math.Sin(math.Pi/2*math.Min(1, 1.15*strength))
		m.Colours[i] = oklch(0.96-0.50*strength, chroma, hue*math.Pi/180)
	}
	return m
}

// oklch converts Oklab lightness, chroma and hue (radians) to sRGB.
// Source: Björn Ottosson, "A perceptual color space for image processing", 2020.
func oklch(l, c, h float64) [3]uint8 {
	a, b := c*math.Cos(h), c*math.Sin(h)
	x := cube(l + 0.3963377774*a + 0.2158037573*b)
	y := cube(l - 0.1055613458*a - 0.0638541728*b)
	z := cube(l - 0.0894841775*a - 1.2914855480*b)
	return [3]uint8{
		gamma(4.0767416621*x - 3.3077115913*y + 0.2309699292*z),
		gamma(-1.2684380046*x + 2.6097574011*y - 0.3413193965*z),
		gamma(-0.0041960863*x - 0.7034186147*y + 1.7076147010*z),
	}
}

func cube(v float64) float64 { return v * v * v }

func gamma(linear float64) uint8 {
	v := 12.92 * linear
	if linear > 0.0031308 {
		v = 1.055*math.Pow(linear, 1/2.4) - 0.055
	}
	return uint8(math.Round(255 * math.Min(1, math.Max(0, v))))
}

// At returns the colour of t; values outside 0..1 take the nearest end.
func (m *ColourMap) At(t float64) [3]uint8 {
	return m.Colours[int(math.Min(255, math.Max(0, math.Round(255*t))))]
}
