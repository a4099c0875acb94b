package attribution

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/imaging"
)

// Configure returns the named method with options set from text, as the command
// line and the API give them; the names are those of its Card. "seed" and
// "fill" go to r. p is the model's preprocessing, which says what a colour is to
// the model.
func Configure(name string, options map[string]string, p *imaging.Preprocessing, r *Request) (Method, error) {
	m, err := Lookup(name)
	if err != nil {
		return nil, err
	}
	for _, option := range slices.Sorted(maps.Keys(options)) {
		value := options[option]
		switch option {
		case "seed":
			r.Seed, err = strconv.ParseUint(value, 10, 64)
		case "fill":
			r.Fill, err = ParseFill(value, p)
		default:
			m, err = m.With(option, value)
		}
		if err != nil {
			return nil, fmt.Errorf("option %s=%s of method %s: %w", option, value, m.Name(), err)
		}
	}
	return m, nil
}

// ParseFill reads "mean", "blur", "black", or a colour as "R,G,B" with values
// from 0 to 255.
func ParseFill(s string, p *imaging.Preprocessing) (Fill, error) {
	switch s {
	case "", string(FillMean):
		return Fill{Kind: FillMean}, nil
	case string(FillBlur):
		return Fill{Kind: FillBlur}, nil
	case "black":
		return ColourFill(p, 0, 0, 0)
	}
	var colour [3]uint8
	parts := strings.Split(s, ",")
	for i := range colour {
		if len(parts) != 3 {
			return Fill{}, fmt.Errorf("fill %q is none of mean, blur, black, R,G,B", s)
		}
		v, err := strconv.ParseUint(strings.TrimSpace(parts[i]), 10, 8)
		if err != nil {
			return Fill{}, fmt.Errorf("fill %q: a colour's values are whole numbers from 0 to 255", s)
		}
		colour[i] = uint8(v)
	}
	return ColourFill(p, colour[0], colour[1], colour[2])
}

// With sets grid or window.
func (o Occlusion) With(option, value string) (m Method, err error) {
	switch option {
	case "grid":
		o.Grid, err = count(value)
	case "window":
		o.Window, err = count(value)
	default:
		err = unknown(o.Card())
	}
	return o, err
}

// With sets cells, masks, keep, limit, correlation or scaling.
func (m RISE) With(option, value string) (_ Method, err error) {
	switch option {
	case "cells":
		m.Cells, err = count(value)
	case "keep":
		if m.Keep, err = strconv.ParseFloat(value, 64); err == nil && !(m.Keep > 0 && m.Keep < 1) {
			err = fmt.Errorf("must lie between 0 and 1")
		}
	case "limit":
		m.Limit, err = count(value)
	case "correlation":
		if m.Correlation, err = strconv.ParseFloat(value, 64); err == nil && !(m.Correlation > 0) {
			err = fmt.Errorf("must be above 0")
		}
	case "masks":
		if value != "random" && value != "structured" {
			err = fmt.Errorf("must be random or structured")
		}
		m.Structured = value == "structured"
	case "scaling":
		if value != "centred" && value != "published" {
			err = fmt.Errorf("must be centred or published")
		}
		m.Published = value == "published"
	default:
		err = unknown(m.Card())
	}
	return m, err
}

// count reads a whole number from 1.
func count(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, fmt.Errorf("must be a whole number from 1 to 1000000")
	}
	return n, nil
}

func unknown(c Card) error {
	names := make([]string, len(c.Options))
	for i, o := range c.Options {
		names[i] = o.Name
	}
	return fmt.Errorf("there is no such option: choose from %s", strings.Join(names, ", "))
}
