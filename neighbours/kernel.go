package neighbours

// Kernel sums products of bytes.
type Kernel struct {
	Name string
	// Dot fills sums with Σ codes·query of each row of codes; rows are as long as the query, a multiple of 64.
	Dot func(codes []uint8, query []int8, sums []int32)
}

// Kernels lists those that this processor can run, the fastest first. The last is Go.
func Kernels() []Kernel { return append(native(), Kernel{"go", dotGo}) }

// dotGo is the definition of what kernels compute.
func dotGo(codes []uint8, query []int8, sums []int32) {
	for i := range sums {
		row := codes[i*len(query) : (i+1)*len(query)]
		var a, b, c, d int32
		for j := 0; j+4 <= len(row); j += 4 {
			a += int32(row[j]) * int32(query[j])
			b += int32(row[j+1]) * int32(query[j+1])
			c += int32(row[j+2]) * int32(query[j+2])
			d += int32(row[j+3]) * int32(query[j+3])
		}
		sums[i] = a + b + c + d
	}
}
