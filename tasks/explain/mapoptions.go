package explain

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/imaging"
)

// MapOptions say which map is wanted. Method "" is the first method, Target ""
// the predicted class; see attribution.ParseTarget. Options are the method's
// own settings by the names of its Card; those left out have their defaults.
type MapOptions struct {
	Method  string            `json:"method"`
	Target  string            `json:"target"`
	Seed    uint64            `json:"seed"`
	Options map[string]string `json:"options,omitempty"`

	Reason string `json:"-"` // why this method, where the choice was left to Sightline; see Service.Resolve
}

// Key is the name under which the workspace keeps such a map.
func (o MapOptions) Key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s~%s~%d", o.Method, o.Target, o.Seed)
	for _, name := range slices.Sorted(maps.Keys(o.Options)) {
		fmt.Fprintf(&b, "~%s=%s", name, o.Options[name])
	}
	return b.String()
}

// ParseKey is the inverse of Key.
func ParseKey(key string) (o MapOptions, ok bool) {
	parts := strings.Split(key, "~")
	if len(parts) < 3 {
		return o, false
	}
	seed, err := strconv.ParseUint(parts[2], 10, 64)
	o = MapOptions{Method: parts[0], Target: parts[1], Seed: seed}
	for _, setting := range parts[3:] {
		name, value, set := strings.Cut(setting, "=")
		if !set {
			return o, false
		}
		if o.Options == nil {
			o.Options = map[string]string{}
		}
		o.Options[name] = value
	}
	return o, err == nil
}

// Normal fills in defaults, leaves out options that are the default, and
// refuses what does not exist. Equal requests become equal values, so that a map
// is made once.
func (o MapOptions) Normal() (MapOptions, error) {
	plain, _ := imaging.Preset("plain") // colours are checked here; what they are to the model is known where it runs
	var r attribution.Request
	method, err := methods.All().Configure(o.Method, o.Options, &plain, &r)
	if err != nil {
		return o, err
	}
	target, err := attribution.ParseTarget(o.Target)
	if err != nil {
		return o, err
	}
	n := MapOptions{Method: method.Name(), Target: target.String(), Seed: o.Seed}
	if seed, ok := o.Options["seed"]; ok {
		if n.Seed, err = strconv.ParseUint(seed, 10, 64); err != nil {
			return o, fmt.Errorf("seed %q: %w", seed, err)
		}
	}
	defaults := map[string]string{}
	for _, option := range method.Card().Options {
		defaults[option.Name] = option.Default
	}
	for name, value := range o.Options {
		if name != "seed" && value != defaults[name] {
			if n.Options == nil {
				n.Options = map[string]string{}
			}
			n.Options[name] = value
		}
	}
	return n, nil
}

// Configure begins a request for such a map: the method with its options, its
// target and seed. p is the model's preprocessing.
func (o MapOptions) Configure(p *imaging.Preprocessing) (attribution.Method, attribution.Request, error) {
	r := attribution.Request{}
	method, err := methods.All().Configure(o.Method, o.Options, p, &r)
	if err != nil {
		return nil, r, err
	}
	r.Seed = o.Seed
	r.Target, err = attribution.ParseTarget(o.Target)
	return method, r, err
}
