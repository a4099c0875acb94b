// Package demo makes the images and holds the models of Sightline's two demonstration stories.
//
// Every image is drawn by this package: flat illustrations of people at work and of groceries, varied in pose, size,
// position, colour, lighting, blur, noise and JPEG quality, with exact region boxes. An image depends on nothing but its
// (dataset, split, class, number): each has its own random stream, so that the same bytes come out in any order, on any
// number of cores, as often as one likes.
//
// The road of an image: random.go (its stream) → person.go or grocery.go (what is on it) → backdrop.go, head.go,
// uniform.go, goods.go (drawn on the canvas of canvas.go and path.go) → finish.go (light, blur, noise, JPEG) → write.go
// (class folders, regions.coco.json, models).
//
// The three small classifiers under models/ were trained by train.py on images of the same generator (folder generate);
// README.md says how, and what they are proven to do.
package demo

// Story is one demonstration: datasets, the models to run on them, and what they show.
type Story struct {
	// Name is a short slug, e.g. "professions".
	Name string
	// Title is a heading of a few words.
	Title string
	// Description says in a sentence or two what there is to see.
	Description string
	// Runs are the evaluations to make, in the order in which the story is told.
	Runs []Run
}

// Run is one model evaluated on one dataset. Both are folders below the directory given to [Write]:
// Dataset at its root, Model as models/NAME/model.onnx.
type Run struct {
	Dataset string
	Model   string
	// Note says what the run shows.
	Note string
	// Before is the model that this one is the successor of, "" for none.
	Before string
	// Findings says whether it is tested what the model decides by.
	Findings bool
}

// Declared says of the regions of a dataset what a model should look at, "expected", and what not,
// "unwanted"; nil where there is nothing to say.
func Declared(dataset string) map[string]string {
	switch dataset {
	case "professions-biased", "professions-balanced":
		return map[string]string{"head": "unwanted", "uniform": "expected"}
	}
	return nil
}

// Stories returns the demonstrations in the order in which they are told.
func Stories() []Story {
	return []Story{
		{
			Name:  "professions",
			Title: "Right for the wrong reason",
			Description: "A classifier of professions scores well, yet its saliency maps sit on the head: in its data every " +
				"profession came with its own kind of head. Trained on balanced data, it scores as well, by the uniform.",
			Runs: []Run{
				{"professions-biased", "professions-v1", "High accuracy, decided by the head.", "", true},
				{"professions-balanced", "professions-v1", "The same classifier where heads tell nothing: it fails.", "", false},
				{"professions-balanced", "professions-v2", "Trained on balanced data: as accurate, decided by the uniform.", "professions-v1", true},
			},
		},
		{
			Name:  "groceries",
			Title: "Cake or chocolate?",
			Description: "One cell of the confusion matrix stands out: cakes taken for chocolate. Its images show scored, " +
				"glazed chocolate cakes.",
			Runs: []Run{
				{"groceries", "groceries", "Cake predicted as chocolate is the top confusion.", "", false},
			},
		},
	}
}

// Datasets returns the names of the datasets [Write] makes, in order.
func Datasets() []string {
	names := make([]string, 0, len(datasets))
	for _, d := range datasets {
		names = append(names, d.name)
	}
	return names
}

// Models returns the names of the models [Write] copies, in order.
func Models() []string { return []string{"professions-v1", "professions-v2", "groceries"} }
