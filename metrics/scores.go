package metrics

// Class is how well one class is recognised, from counts of a Confusion.
type Class struct {
	Index     int
	Support   int // samples with this label, those without a decision included
	Predicted int // samples predicted as this class
	Correct   int // samples that are both
	Precision float64
	Recall    float64
	F1        float64
}

// FBeta is the weighted harmonic mean of precision and recall, recall counting
// beta times as much: (1+β²)·correct ÷ (β²·support + predicted). 0 where the
// class is neither labelled nor predicted.
func (k Class) FBeta(beta float64) float64 {
	b := beta * beta
	below := b*float64(k.Support) + float64(k.Predicted)
	if below == 0 {
		return 0
	}
	return (1 + b) * float64(k.Correct) / below
}

// Present says that the class occurs among labels or predictions: the classes
// scikit-learn averages over when it is not given a list.
func (k Class) Present() bool { return k.Support > 0 || k.Predicted > 0 }

// PerClass returns one entry per class, by index.
func (c *Confusion) PerClass() []Class {
	classes := make([]Class, c.Classes)
	for i := range classes {
		row := c.Row(i)
		for j, n := range row {
			if n == 0 {
				continue // as most cells of many classes are
			}
			classes[i].Support += int(n)
			if j < c.Classes {
				classes[j].Predicted += int(n)
			}
		}
		classes[i].Index = i
		classes[i].Correct = int(row[i])
	}
	for i := range classes {
		k := &classes[i]
		k.Precision = ratio(k.Correct, k.Predicted)
		k.Recall = ratio(k.Correct, k.Support)
		k.F1 = ratio(2*k.Correct, k.Support+k.Predicted)
	}
	return classes
}

// Averages are precision, recall and F1 over several classes.
type Averages struct{ Precision, Recall, F1 float64 }

// Macro is the plain mean over the classes that occur among labels or
// predictions, as scikit-learn's average="macro". A class of the model that the
// data neither has nor provokes does not count; a class that is predicted but
// never labelled counts, with 0.
func (c *Confusion) Macro() Averages {
	return c.mean(func(k Class) float64 {
		if k.Present() {
			return 1
		}
		return 0
	})
}

// Weighted is the mean weighted by support, as average="weighted".
func (c *Confusion) Weighted() Averages {
	return c.mean(func(k Class) float64 { return float64(k.Support) })
}

// Micro pools the counts of all classes, as average="micro" with the model's
// classes as labels. Samples without a decision lower recall, not precision;
// where every sample has one, all three equal the accuracy.
func (c *Confusion) Micro() Averages {
	total, correct := c.Total(), c.Correct()
	decided := total - c.Undecided()
	return Averages{ratio(correct, decided), ratio(correct, total), ratio(2*correct, decided+total)}
}

func (c *Confusion) mean(weight func(Class) float64) Averages {
	var sum Averages
	weights := 0.0
	for _, k := range c.PerClass() {
		w := weight(k)
		weights += w
		sum.Precision += w * k.Precision
		sum.Recall += w * k.Recall
		sum.F1 += w * k.F1
	}
	if weights == 0 {
		return Averages{}
	}
	return Averages{sum.Precision / weights, sum.Recall / weights, sum.F1 / weights}
}
