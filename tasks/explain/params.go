package explain

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sightline/sightline/attribution/methods"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
)

// Selection says which samples are explained: the first Limit (0: all) of a slice
// of an evaluation, in an order.
type Selection struct {
	Evaluation string       `json:"evaluation"`
	Slice      slice.Slice  `json:"slice"`
	Sort       results.Sort `json:"sort"`
	Limit      int          `json:"limit"`
}

type explainParams struct {
	Selection
	Maps     []MapOptions `json:"maps"`
	Assessed bool         `json:"judged,omitempty"` // its name in jobs that are stored
}

// parseExplain reads a job's parameters; jobs of older versions name one map, and
// have a filter in place of a slice.
func parseExplain(params json.RawMessage) (p explainParams, err error) {
	err = json.Unmarshal(params, &p)
	if err == nil && p.Evaluation == "" {
		err = p.readFilter(params)
	}
	if err == nil && len(p.Maps) == 0 {
		p.Maps = make([]MapOptions, 1)
		err = json.Unmarshal(params, &p.Maps[0])
	}
	if err != nil {
		err = fmt.Errorf("parameters of an explanation: %w", err)
	}
	return p, err
}

// readFilter reads the filter of a job that was stored before there were slices.
func (s *Selection) readFilter(params json.RawMessage) error {
	var old struct{ Filter map[string]any }
	if err := json.Unmarshal(params, &old); err != nil {
		return err
	}
	evaluation, _ := old.Filter["Evaluation"].(string)
	named := map[string]any{}
	for field, name := range map[string]string{
		"Split": "split", "Threshold": "threshold", "Label": "label", "Predicted": "predicted", "Correct": "correct", "Text": "q",
		"MinConfidence": "min_confidence", "MaxConfidence": "max_confidence", "ScoreClass": "class", "MinScore": "min_score", "MaxScore": "max_score",
	} {
		named[name] = old.Filter[field]
	}
	var err error
	s.Evaluation = evaluation
	s.Slice, err = slice.FromObject(named)
	return err
}

// Words lists the methods and the targets of maps, each once.
func Words(maps []MapOptions) (methods, targets []string) {
	for _, o := range maps {
		if !slices.Contains(methods, o.Method) {
			methods = append(methods, o.Method)
		}
		if !slices.Contains(targets, o.Target) {
			targets = append(targets, o.Target)
		}
	}
	return methods, targets
}

// How many samples make a chunk: of maps that take seconds each, and of maps that
// many samples share a run for.
const (
	explainChunk      = 4
	explainChunkQuick = 32
)

// chunk is how many samples make a chunk: the fewer, the more maps each gets, so that
// little is lost with a chunk that is cancelled.
func (p explainParams) chunk() int {
	for _, o := range p.Maps {
		m, err := methods.All().Lookup(o.Method)
		if err != nil || !m.Card().Batched || p.Assessed {
			return max(1, explainChunk/len(p.Maps))
		}
	}
	return max(explainChunk, explainChunkQuick/len(p.Maps))
}

// keys are those of a job's maps.
func (p explainParams) keys() []string {
	keys := make([]string, len(p.Maps))
	for i, o := range p.Maps {
		keys[i] = o.Key()
	}
	return keys
}
