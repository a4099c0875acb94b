package gates

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sightline/sightline/internal/spelling"
)

// Parse reads a file of rules, in YAML. name is what errors call the file; they are *Mistake.
func Parse(name string, content []byte) (f File, err error) {
	p := parser{name}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return f, p.syntax(err)
	}
	if len(document.Content) == 0 {
		return f, &Mistake{name, 1, 1, "there are no rules: begin with `rules:` and a list, such as `- accuracy: {min: 0.9}`"}
	}
	root := document.Content[0]
	fields, err := p.mapping(root, []string{"slice", "rules"}, "key")
	if err != nil {
		return f, err
	}
	if n := fields["slice"]; n != nil {
		f.Sliced = true
		if f.Slice, err = p.text(n, "slice"); err != nil {
			return f, err
		}
	}
	list := fields["rules"]
	if list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		return f, p.wrong(orNode(list, root), "rules must be a list, such as `- accuracy: {min: 0.9}`")
	}
	for _, n := range list.Content {
		r, err := p.rule(n)
		if err != nil {
			return f, err
		}
		f.Rules = append(f.Rules, r)
	}
	return f, nil
}

func orNode(n, instead *yaml.Node) *yaml.Node {
	if n == nil {
		return instead
	}
	return n
}

// parser turns nodes into rules, and knows what file they are of.
type parser struct{ name string }

func (p parser) wrong(n *yaml.Node, format string, args ...any) error {
	return &Mistake{p.name, n.Line, n.Column, fmt.Sprintf(format, args...)}
}

// countsFrom0 are the errors whose line the library counts from 0, the others' from 1.
var countsFrom0 = regexp.MustCompile(`^did not find expected (key|node content|'-' indicator|',' or '[\]}]'|<)`)

// syntax says where a text is no YAML; the library tells the line alone.
func (p parser) syntax(err error) error {
	found := regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)$`).FindStringSubmatch(err.Error())
	if found == nil {
		return &Mistake{p.name, 1, 0, "no YAML: " + err.Error()}
	}
	line, _ := strconv.Atoi(found[1])
	if countsFrom0.MatchString(found[2]) {
		line++
	}
	return &Mistake{p.name, max(1, line), 0, "no YAML: " + found[2]}
}

// mapping reads a mapping with some of the keys, each once.
func (p parser) mapping(n *yaml.Node, keys []string, what string) (map[string]*yaml.Node, error) {
	if n.Kind != yaml.MappingNode {
		return nil, p.wrong(n, "must have keys: %s", strings.Join(keys, ", "))
	}
	found := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case !slices.Contains(keys, key.Value):
			return nil, p.wrong(key, "there is no %s %q%s (there are %s)", what, key.Value, spelling.Hint(key.Value, keys), strings.Join(keys, ", "))
		case found[key.Value] != nil:
			return nil, p.wrong(key, "%s stands here twice", key.Value)
		case value.Kind == yaml.AliasNode:
			return nil, p.wrong(value, "an alias (*%s) is not read here: write the value itself", value.Value)
		}
		found[key.Value] = value
	}
	return found, nil
}

// rule reads one rule: its name alone, or with settings.
func (p parser) rule(n *yaml.Node) (r Rule, err error) {
	name, settings := n, (*yaml.Node)(nil)
	switch {
	case n.Kind == yaml.ScalarNode:
	case n.Kind == yaml.MappingNode && len(n.Content) == 2:
		name, settings = n.Content[0], n.Content[1]
	case n.Kind == yaml.MappingNode:
		return r, p.wrong(n, "one rule for each item of the list: settings stand behind it, as in `- share: {region: head, max: 0.3}`")
	default:
		return r, p.wrong(n, "must be a rule: one of %s", strings.Join(kindNames(), ", "))
	}
	k, known := kindOf(name.Value)
	if !known {
		return r, p.wrong(name, "there is no rule %q%s (there are %s)", name.Value, spelling.Hint(name.Value, kindNames()), strings.Join(kindNames(), ", "))
	}
	r = Rule{Kind: k.name, Line: name.Line, Column: name.Column, Fewest: Fewest, Method: "auto", Target: "predicted"}
	if k.name == Calibration {
		r.Fewest = FewestCalibration
	}
	return r, p.settings(&r, k, name, settings)
}

// settings reads those of a rule.
func (p parser) settings(r *Rule, k kind, name, n *yaml.Node) (err error) {
	fields := map[string]*yaml.Node{}
	if n != nil && n.Tag != "!!null" {
		if n.Kind != yaml.MappingNode {
			return p.wrong(n, "the settings of %s must stand in braces, or in lines below it: %s", k.name, example(k))
		}
		if fields, err = p.mapping(n, k.settings, "setting of "+k.name); err != nil {
			return err
		}
	}
	for key, into := range map[string]*string{"region": &r.Region, "method": &r.Method, "target": &r.Target} {
		if fields[key] != nil {
			if *into, err = p.text(fields[key], key); err != nil {
				return err
			}
		}
	}
	if err := p.numbers(r, fields); err != nil {
		return err
	}
	if r.Classes, err = p.classes(fields["class"]); err != nil {
		return err
	}
	for _, need := range k.needs {
		if !slices.ContainsFunc(strings.Split(need, " or "), func(key string) bool { return fields[key] != nil }) {
			return p.wrong(name, "%s needs %s: %s", k.name, need, example(k))
		}
	}
	return nil
}

func (p parser) numbers(r *Rule, fields map[string]*yaml.Node) error {
	for key, into := range map[string]**float64{"min": &r.Min, "max": &r.Max} {
		n := fields[key]
		if n == nil {
			continue
		}
		v, err := strconv.ParseFloat(n.Value, 64)
		if n.Kind != yaml.ScalarNode || err != nil || math.IsNaN(v) || v < 0 || v > 1 {
			return p.wrong(n, "%s must be a number from 0 to 1, such as 0.9, not %s", key, shown(n))
		}
		*into = &v
	}
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		return p.wrong(fields["min"], "min is above max: nothing can pass")
	}
	if n := fields["fewest"]; n != nil {
		v, err := strconv.Atoi(n.Value)
		if err != nil || v < 1 {
			return p.wrong(n, "fewest must be a number of images, such as 10, not %s", shown(n))
		}
		r.Fewest = v
	}
	return nil
}

// shown is what stands in the file.
func shown(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		return "a list or settings"
	}
	return strconv.Quote(n.Value)
}

// text reads a text that is not empty.
func (p parser) text(n *yaml.Node, key string) (string, error) {
	if n.Kind != yaml.ScalarNode || n.Value == "" && key != "slice" {
		return "", p.wrong(n, "%s must be a text, not %s", key, shown(n))
	}
	return n.Value, nil
}

// classes reads one class, or a list of them.
func (p parser) classes(n *yaml.Node) (list []string, err error) {
	if n == nil {
		return nil, nil
	}
	nodes := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		nodes = n.Content
	}
	for _, one := range nodes {
		name, err := p.text(one, "class")
		if err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	if len(list) == 0 {
		return nil, p.wrong(n, "class must name a class, several in brackets, or `each`")
	}
	return list, nil
}

// example is a line that is right.
func example(k kind) string {
	switch k.name {
	case Share:
		return "`- share: {region: head, max: 0.3}`"
	case Flip:
		return "`- flip: {region: head, max: 0.1}`"
	case Calibration:
		return "`- calibration: {max: 0.05}`"
	case Accuracy, Recall:
		return "`- " + k.name + ": {min: 0.9}`"
	}
	return "`- " + k.name + "`, or `- " + k.name + ": {class: chef}`"
}
