// Package setting reads the values of methods' options.
package setting

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sightline/sightline/attribution"
)

// Count reads a whole number from 1.
func Count(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, fmt.Errorf("must be a whole number from 1 to 1000000")
	}
	return n, nil
}

// Positive reads a finite number above zero.
func Positive(value string) (float64, error) {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || !(v > 0) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("must be a number above 0")
	}
	return v, nil
}

// Unknown is the error of an option that a card does not have.
func Unknown(c attribution.Card) error {
	return fmt.Errorf("there is no such option: choose from %s", strings.Join(c.OptionNames(), ", "))
}
