// Package classifier makes a single-image ONNX classifier ready to run: it finds
// out what a model file takes and gives, decides how images must be prepared and
// what the classes are called, and runs batches.
//
// [Inspect] looks at a file and answers with a [Spec]: input layout and type, the
// class output among several, where the logits and the penultimate embedding
// are, whether the batch is free, the preprocessing, the class names, and for each
// setting where it came from. It runs the model on a few generated images, since
// neither the declared shapes nor the operators tell everything; call it in a
// worker process, as a hostile or broken model may take the process down. [Quick]
// reads a file for one use. Both take the same path (read.go): a list of steps, each
// in a file of its name.
//
// [Open] turns a Spec into a [Classifier], which preprocesses images and runs
// them. The graph that runs is the file's, cut after the logits, with the
// embedding as a second output, and with a free batch dimension where that was
// proven to change nothing.
//
// [classlist.MatchLabels] relates a dataset's labels to a model's classes.
package classifier
