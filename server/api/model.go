package api

import "github.com/sightline/sightline/classifier"

// Model is everything known of a model: inputs, outputs, preprocessing, class
// names, and where each setting came from.
type Model = classifier.Spec

// ModelList is the answer of GET /api/models.
type ModelList struct {
	Models []Model `json:"models"`
}

// ModelRequest asks for a model file to be inspected and added.
type ModelRequest struct {
	Name          string `json:"name,omitempty" doc:"Name of the model; default: from the file's"`
	Path          string `json:"path" doc:"Absolute path of the ONNX file"`
	Preprocessing string `json:"preprocessing,omitempty" doc:"Absolute path of a preprocessor_config.json (or YAML), or a preset's name; default: recognised"`
	Classes       string `json:"classes,omitempty" doc:"Absolute path of a file of class names; default: recognised"`
	Output        string `json:"output,omitempty" doc:"Name of the class output; default: recognised"`
	// Measure bounds the measuring; every length is run at least once.
	Measure float64 `json:"measure_seconds,omitempty" minimum:"0" maximum:"60" doc:"Seconds to spend on measuring a good batch length; default 2"`
}
