//go:build !linux

package children

// OfferToKernel does nothing where the kernel cannot be told whom to end first.
func OfferToKernel() {}
