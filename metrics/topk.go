package metrics

// InTopK says whether class is among the k best of one sample's scores. Among
// equal scores the higher index stands first, as in scikit-learn's
// top_k_accuracy_score (so for k = 1 and tied scores it can differ from the
// prediction, which is the first of the best).
func InTopK(scores []float32, class, k int) bool {
	own, better := scores[class], 0
	for i, s := range scores {
		if s > own || (s == own && i > class) {
			better++
		}
	}
	return better < k
}

// TopK is the share of samples whose label is among the k best scores, in
// [0, 1]. 0 without samples.
func TopK(scores []float32, classes int, labels []int, k int) float64 {
	hits := 0
	for i, label := range labels {
		if InTopK(scores[i*classes:(i+1)*classes], label, k) {
			hits++
		}
	}
	return ratio(hits, len(labels))
}
