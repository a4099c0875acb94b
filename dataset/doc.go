// Package dataset finds the images of a dataset and what is known about them:
// labels, splits and regions. It reads files and writes none.
//
// Scan is the whole of it: it lists the images by one of the layouts below,
// reads every file once to hash it and to read its header, and reads the region
// files. The result is a plain value, which package workspace stores.
//
// # Layouts
//
// Folders: the label of an image is the name of the folder that holds it,
// however deep that is, so that root/cake/1.png and
// root/test/Fruit/Apple/Golden-Delicious/1.jpg are labelled "cake" and
// "Golden-Delicious". Folders named train, val or test (and their usual
// variants) are splits, not labels, if all folders beside them that hold images
// are too, or if there are two of them: further folders beside them are then splits
// of their own names, and the import says so. Folders above them that stand alone
// are passed through. Images in the root or in a split folder itself have no label.
//
// Table: a CSV or TSV file of path, label and optionally split; see ReadTable.
//
// List: a text file of one path a line, without labels.
package dataset
