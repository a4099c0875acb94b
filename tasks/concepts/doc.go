// Package concepts finds the parts that a model looks at in the images of each class: it runs samples
// up to the layer that CAM methods look at, factorises the values there (package concepts of the
// root), and tells by the gradient of the rest of the model how much each part speaks for the class.
//
// An item of a job is a class. This package is the server half and what travels between the halves;
// package work is the worker half.
package concepts
