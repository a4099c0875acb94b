// Sightline tells where an image classifier is wrong, and why. It runs an ONNX
// classifier on labelled images, measures it, and serves a web interface in
// which every number leads to its images and every image to a map of what made
// the model decide. Nothing leaves the machine.
//
// # Usage
//
//	sightline open DIR --model FILE      import, evaluate and serve, in one go
//	sightline import DIR                 import a folder of images as a dataset
//	sightline model add FILE             add an ONNX classifier
//	sightline model list                 list the models
//	sightline model show NAME            inputs, outputs, preprocessing, and where each setting came from
//	sightline evaluate DATASET MODEL     run a model on a dataset and measure it
//	sightline explain DATASET MODEL      write saliency maps, overlays, and what they say of regions
//	sightline methods [METHOD]           the saliency methods: what each shows, its cost, failures and settings
//	sightline layers FILE                 the tensors of a model at which CAM methods can look
//	sightline map IMAGE --model FILE     write the map of one image, in one process, without a workspace
//	sightline serve                      serve the web interface and the HTTP API
//	sightline demo                       make the demonstration and serve it
//	sightline jobs list|cancel|resume    what runs, stop it, go on with it
//	sightline version                    versions of Sightline, ONNX Runtime and DuckDB
//
// `sightline help COMMAND` lists a command's flags; they may stand before or
// after the arguments. Every command takes
//
//	--workspace DIR   the folder that holds everything Sightline stores (default .sightline)
//	--json            one JSON document on standard output; progress goes to standard error
//
// A command talks to the server of its workspace if one runs, else to one of
// its own that lasts as long as the command. So commands work beside an open
// web interface, and show up in it. The exit code is 0 on success, 1 on
// failure, 2 for a mistake in the command line, 130 after Ctrl-C. With --json a
// failure is a document too: {"error": "…"}.
//
// # Datasets
//
// Without flags, the folders of DIR are the labels: DIR/cake/1.jpg, or
// DIR/train/cake/1.jpg with splits. --labels FILE reads path,label[,split]
// from CSV or TSV instead, --list FILE images without labels, --regions FILE
// named areas from COCO JSON or Pascal VOC XML. Images stay where they are.
// Importing again adds what is new, and says what is gone or changed.
//
// # Models
//
// --preprocessing takes a preprocessor_config.json (or the same as YAML), or
// one of the presets imagenet, keras, caffe and plain. Without it the settings
// come from files beside the model or from its metadata; a default is used
// only with a warning. `model show` says where each setting came from.
//
// # Evaluating
//
// An evaluation that was interrupted goes on where it was when the command is
// given again. --predictions FILE writes a row per sample (.csv, .parquet or
// .json): path, label, predicted, confidence, and the score of every class.
// --mapping FILE maps labels to classes (CSV of label,class or a JSON object)
// where their names differ.
//
// # Saliency
//
// `sightline explain DATASET MODEL --method gradcam,rise --target predicted,contrast
// --trust --out DIR` makes a map of every sample, method and target; `sightline
// methods` lists the methods, `sightline methods NAME` tells all of one. --out DIR
// receives
//
//	<sample>.<method>.<target>.npy   the map: float32, raw and signed, at the method's own resolution
//	<sample>.<method>.<target>.png   the map over the image
//	index.json                       a list of {path, map, overlay, method, target, target_index, score, geometry,
//	                                 seconds, degenerate, verdict, insertion, deletion, …}
//	regions.parquet                  a row per map and region: sample, path, split, label, predicted, method, options,
//	                                 target, explained, minus, score, region, builtin, share (of the positive
//	                                 attribution that lies inside), area (of what the model saw), ratio, negative,
//	                                 hottest, degenerate, verdict, insertion, deletion, seed
//	summary.json                     per method and target: verdicts, and the mean share of each region with its
//	                                 95 % interval over the maps that are not red
//
// Regions are the dataset's, and of every picture: border (a tenth of each side),
// center (the middle half of each side), and a grid of 3×3 cells, "grid ROW,COLUMN".
//
// --label, --predicted and --split choose the samples.
// --target is predicted, true, contrast (predicted minus true; on a right
// prediction, predicted minus runner-up) or a class by its name. --option
// NAME=VALUE sets the methods that have it, METHOD.NAME=VALUE one. --trust judges
// every map by insertion and deletion. --memory SIZE bounds the memory of the runs.
// geometry.matrix maps cells of the map to pixels of the image as displayed.
//
// # Serving
//
// By default only this machine can connect. --listen HOST:PORT opens the server
// to others; then every request needs a token, which is in the address that is
// printed. Scripts send it as `Authorization: Bearer TOKEN`.
package main

import "os"

// version is set by the build (-X main.version=…).
var version = "unversioned"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}
