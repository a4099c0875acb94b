package autodiff

// Guided returns the rules of guided backpropagation (Springenberg et al. 2015,
// "Striving for simplicity: the all convolutional net"): a Relu passes gradients
// above zero only, where its result is. A Clip with the lower bound 0 is a Relu.
// The result is no gradient of anything, and much of it an image restored from the
// edges (Nie et al. 2018; Adebayo et al. 2018).
func Guided() Rules {
	plain := Plain()
	return plain.With(Rules{"Relu": positiveOnly(plain["Relu"], false), "Clip": positiveOnly(plain["Clip"], true)})
}

// Deconvnet returns the rules of Zeiler & Fergus 2014: a Relu passes gradients
// above zero, whatever its result was.
func Deconvnet() Rules {
	return Plain().With(Rules{"Relu": positiveOnly(identity, false), "Clip": positiveOnly(identity, true)})
}

// positiveOnly cuts a gradient below zero before a rule that passes one tensor
// on. Clips with another lower bound keep their plain rule.
func positiveOnly(rule Rule, clips bool) Rule {
	return func(x *Context) error {
		if low, ok := 0.0, true; clips {
			if low, ok = x.bound(1); !ok || low != 0 {
				return clip(x)
			}
		}
		x.Pass(0, x.gradientAt(rule, x.Node, x.Do("Relu", x.Grad(0)), 0))
		return nil
	}
}
