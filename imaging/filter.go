package imaging

import (
	"fmt"
	"math"
	"strings"
)

// Filter is a resampling filter, with the numbers that PIL and the field
// "resample" of preprocessor_config.json give it.
type Filter int

// The filters of PIL.
const (
	Nearest  Filter = 0
	Lanczos  Filter = 1
	Bilinear Filter = 2
	Bicubic  Filter = 3
	Box      Filter = 4
	Hamming  Filter = 5
)

var filterNames = [...]string{"nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"}

// String returns the filter's name in lower case.
func (f Filter) String() string {
	if f >= 0 && int(f) < len(filterNames) {
		return filterNames[f]
	}
	return fmt.Sprintf("filter %d", int(f))
}

// ParseFilter finds a filter by its name, as PIL, torchvision, timm and Keras
// write it ("bicubic", "InterpolationMode.BICUBIC", "random").
func ParseFilter(name string) (Filter, error) {
	name = strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	switch name {
	case "cubic":
		return Bicubic, nil
	case "linear", "random": // timm's "random" is for training; it evaluates bilinear
		return Bilinear, nil
	case "antialias":
		return Lanczos, nil
	}
	for i, known := range filterNames {
		if name == known {
			return Filter(i), nil
		}
	}
	return 0, fmt.Errorf("unknown resampling filter %q: use one of %s", name, strings.Join(filterNames[:], ", "))
}

// support is the filter's radius in source pixels when nothing is scaled down.
func (f Filter) support() float64 {
	switch f {
	case Box:
		return 0.5
	case Bicubic:
		return 2
	case Lanczos:
		return 3
	}
	return 1
}

// at evaluates the filter at distance x, in the same double-precision steps as
// Pillow's Resample.c; float64() keeps the compiler from fusing them.
func (f Filter) at(x float64) float64 {
	switch f {
	case Box:
		return boxAt(x)
	case Bilinear:
		return max(0, 1-math.Abs(x))
	case Hamming:
		return hammingAt(x)
	case Bicubic:
		return bicubicAt(x, -0.5)
	case Lanczos:
		if -3 <= x && x < 3 {
			return sinc(x) * sinc(x/3)
		}
	}
	return 0
}

func boxAt(x float64) float64 {
	if x > -0.5 && x <= 0.5 {
		return 1
	}
	return 0
}

func hammingAt(x float64) float64 {
	x = math.Abs(x)
	if x == 0 {
		return 1
	}
	if x >= 1 {
		return 0
	}
	x *= math.Pi
	return math.Sin(x) / x * (0.54 + float64(0.46*math.Cos(x)))
}

func bicubicAt(x, a float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1:
		return float64(float64(float64(float64((a+2)*x)-(a+3))*x)*x) + 1
	case x < 2:
		return float64(float64(float64(float64(x-5)*x+8)*x)-4) * a
	}
	return 0
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	x *= math.Pi
	return math.Sin(x) / x
}
