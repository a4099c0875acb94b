package canonical

import "maps"

// Tables are the operators of the tables of this package, by the table's name.
func Tables() map[string]map[string]bool {
	tables := map[string]map[string]bool{"lowered": {}, "inferred": {}, "evaluated": {}}
	for op := range maps.Keys(lowerings) {
		tables["lowered"][op] = true
	}
	for op := range maps.Keys(inference) {
		tables["inferred"][op] = true
	}
	for op := range maps.Keys(evaluators) {
		tables["evaluated"][op] = true
	}
	for _, op := range []string{"Shape", "Size"} {
		tables["evaluated"][op] = true
	}
	return tables
}

// Families are the parts of the table of lowerings, and the table.
func Families() (parts []int, all int) {
	for _, family := range []map[string]lowering{constants, activations, attentions, convolutions, layouts, mathematics, normalisations, quantisations} {
		parts = append(parts, len(family))
	}
	return parts, len(lowerings)
}
