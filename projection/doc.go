// Package projection lays vectors out in the plane, so that what is near in the many dimensions stays near: at once by
// their two principal components (PCA), better by UMAP (Fuzzy, Layout).
//
// All of it is deterministic: the same vectors and the same seed give the same bits, however many cores
// there are and however often the work was stopped and gone on with. Processors that round otherwise
// (fused multiplication and addition) give other bits of the same quality.
//
// McInnes, Healy and Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction",
// arXiv:1802.03426 (2018).
package projection
