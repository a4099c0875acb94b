// Package concepts finds the parts that a model sees in images of a class, without annotation: it
// factorises the values of one layer, a row per spatial position, into a few directions of channels
// that occur together (the concepts) and how much of each there is at every position.
//
// Non-negative matrix factorisation of a layer's positions is Deep Feature Factorization (Collins,
// Achanta & Süsstrunk, ECCV 2018); class by class, with importance from the rest of the model, it is
// CRAFT (Fel et al., CVPR 2023). How many concepts there are is found here by what returns: under
// another start, and in each half of the images. All functions are pure and deterministic.
package concepts
