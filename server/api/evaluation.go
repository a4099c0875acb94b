package api

import "time"

// EvaluationSummary is an evaluation in a list. Evaluated, accuracy and macro-F1
// are those of the headline.
type EvaluationSummary struct {
	ID        string    `json:"id"`
	Dataset   string    `json:"dataset"`
	Model     string    `json:"model"`
	State     JobState  `json:"state" enum:"queued,running,done,failed,cancelled,interrupted"`
	Samples   int       `json:"samples" doc:"Samples to evaluate, of all splits"`
	Predicted int       `json:"predicted" doc:"Those with a prediction: fewer than samples where the evaluation did not come to its end"`
	Headline  Headline  `json:"headline"`
	Evaluated int       `json:"evaluated" doc:"As in the headline; 0 means that accuracy and macro_f1 say nothing"`
	Accuracy  float64   `json:"accuracy" doc:"As in the headline"`
	MacroF1   float64   `json:"macro_f1" doc:"As in the headline"`
	Sentence  string    `json:"sentence,omitempty" doc:"What was found, in one sentence, as of the last time that the findings were asked for"`
	Created   time.Time `json:"created"`
	Job       string    `json:"job"`
}

// Headline is how good a model is over the images that say it best: those of test,
// else of val, else all but train, else all. Fractions are in [0,1] and without a
// threshold, 0 while nothing is evaluated.
type Headline struct {
	Slice        string  `json:"slice" doc:"Which samples, as parameters: split=test; empty for all"`
	Name         string  `json:"name" doc:"The same in words: test, val, all but train, train, all"`
	Samples      int     `json:"samples" doc:"Samples to evaluate"`
	Predicted    int     `json:"predicted" doc:"Those with a prediction"`
	Evaluated    int     `json:"evaluated" doc:"Those with a prediction and a label that is a class: what the figures are over"`
	Correct      int     `json:"correct"`
	Accuracy     float64 `json:"accuracy"`
	AccuracyLow  float64 `json:"accuracy_low" doc:"Wilson's 95 % interval"`
	AccuracyHigh float64 `json:"accuracy_high"`
	MacroF1      float64 `json:"macro_f1"`
}

// EvaluationList is the answer of GET /api/evaluations.
type EvaluationList struct {
	Evaluations []EvaluationSummary `json:"evaluations"`
	Next        string              `json:"next,omitempty" doc:"Where the next page begins: give it as after. Left out on the last page"`
}

// EvaluateRequest asks for one model to be run on one dataset. Asking again
// for a pair continues it, adds what is new, and changes nothing else.
type EvaluateRequest struct {
	Dataset string            `json:"dataset"`
	Model   string            `json:"model"`
	Mapping map[string]string `json:"mapping,omitempty" doc:"Label of the dataset to class name or index of the model"`
	Explain []string          `json:"explain,omitempty" doc:"Saliency methods whose maps of all images are made too, where they allow in the same runs of the model; auto picks one"`
	Targets []string          `json:"targets,omitempty" doc:"What these maps explain: predicted, true, contrast, class:INDEX; contrast and predicted if none is named"`

	SharedOnly bool `json:"shared_only,omitempty" doc:"Leaves out the maps that need runs of their own"`
}

// Evaluation is one model's results on one dataset over a slice.
// Fractions are in [0,1]; log loss is in nats. Samples under the threshold
// have no decision: they are neither right nor wrong, and stay in the totals, so
// that correct + wrong + no_decision = evaluated.
type Evaluation struct {
	ID               string           `json:"id"`
	Dataset          string           `json:"dataset"`
	Model            string           `json:"model"`
	State            JobState         `json:"state" enum:"queued,running,done,failed,cancelled,interrupted"`
	Job              string           `json:"job"`
	Classes          []string         `json:"classes" doc:"Class names by index"`
	Splits           []Count          `json:"splits"`
	Slice            string           `json:"slice" doc:"Which samples the figures are over, as parameters; empty for all"`
	Headline         Headline         `json:"headline" doc:"Whatever the slice"`
	Threshold        float64          `json:"threshold"`
	Samples          int              `json:"samples" doc:"Samples to evaluate, of all splits"`
	Predicted        int              `json:"predicted" doc:"Those with a prediction"`
	Evaluated        int              `json:"evaluated" doc:"Labelled samples with a prediction"`
	Unlabelled       int              `json:"unlabelled" doc:"Samples whose label is absent or not a class"`
	Excluded         int              `json:"excluded" doc:"Samples of the slice's split that are excluded by a mark; without=excluded leaves them out"`
	Proposed         int              `json:"proposed" doc:"Samples of the slice's split for which another label is proposed; labels=proposed counts with it"`
	Quarantined      int              `json:"quarantined" doc:"Samples that could not be read or predicted"`
	Rotated          int              `json:"rotated" doc:"Samples with an EXIF orientation"`
	NoDecision       int              `json:"no_decision" doc:"Samples under the threshold"`
	Correct          int              `json:"correct"`
	Accuracy         float64          `json:"accuracy"`
	AccuracyLow      float64          `json:"accuracy_low" doc:"Wilson's 95 % interval"`
	AccuracyHigh     float64          `json:"accuracy_high"`
	BalancedAccuracy float64          `json:"balanced_accuracy" doc:"Mean recall over the classes that have samples"`
	Top5Accuracy     float64          `json:"top5_accuracy"`
	MacroPrecision   float64          `json:"macro_precision"`
	MacroRecall      float64          `json:"macro_recall"`
	MacroF1          float64          `json:"macro_f1"`
	LogLoss          float64          `json:"log_loss"`
	Brier            float64          `json:"brier"`
	ECE              float64          `json:"ece" doc:"Expected calibration error, 15 bins of equal width"`
	Chance           float64          `json:"chance" doc:"Accuracy of always guessing the commonest label"`
	Warnings         []string         `json:"warnings"`
	Unmatched        []UnmatchedLabel `json:"unmatched"`
	PerClass         []ClassMetrics   `json:"per_class"`
	Regions          []string         `json:"regions"`
	Embedding        bool             `json:"embedding" doc:"Whether embeddings are stored"`
}

// UnmatchedLabel is a label of the dataset that is no class of the model.
type UnmatchedLabel struct {
	Label  string `json:"label"`
	Count  int    `json:"count"`
	Reason string `json:"reason"`
}

// ClassMetrics are the figures of one class.
type ClassMetrics struct {
	Index     int     `json:"index"`
	Name      string  `json:"name"`
	Support   int     `json:"support" doc:"Samples with this label"`
	Predicted int     `json:"predicted" doc:"Samples predicted as this class"`
	Correct   int     `json:"correct"`
	Precision float64 `json:"precision" doc:"Correct ÷ predicted; 0 where nothing is predicted as the class"`
	// PrecisionLow and its like are 0 and 1 where there is nothing to take a share of.
	PrecisionLow  float64 `json:"precision_low" doc:"Wilson's 95 % interval; 0 to 1 where nothing is predicted as the class"`
	PrecisionHigh float64 `json:"precision_high"`
	Recall        float64 `json:"recall" doc:"Correct ÷ support; 0 without samples"`
	RecallLow     float64 `json:"recall_low" doc:"Wilson's 95 % interval; 0 to 1 without samples"`
	RecallHigh    float64 `json:"recall_high"`
	F1            float64 `json:"f1"`
	// AveragePrecision is null until every score has been read.
	AveragePrecision *float64 `json:"average_precision" doc:"Null while it is not known"`
}

// Confusions is the answer of GET …/confusions: the fullest cells off the
// diagonal.
type Confusions struct {
	Confusions []Confusion `json:"confusions"`
}

// Confusion is one cell of the matrix.
type Confusion struct {
	Label     int     `json:"label"`
	Predicted int     `json:"predicted" doc:"-1 means no decision"`
	Count     int     `json:"count"`
	Share     float64 `json:"share" doc:"Of the samples with this label"`
	ShareLow  float64 `json:"share_low" doc:"Wilson's 95 % interval"`
	ShareHigh float64 `json:"share_high"`
}

// Curve is the precision-recall curve of one class against all others.
type Curve struct {
	Class            int          `json:"class"`
	Positives        int          `json:"positives"`
	AveragePrecision float64      `json:"average_precision"`
	ROCAUC           *float64     `json:"roc_auc" doc:"Null without positives or without negatives"`
	Points           []CurvePoint `json:"points" doc:"At most 500, by falling threshold"`
}

// CurvePoint is a point of a curve: samples whose score of the class is at
// least the threshold are taken as the class.
type CurvePoint struct {
	Threshold float64 `json:"threshold"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	TP        int     `json:"tp"`
	FP        int     `json:"fp"`
	FN        int     `json:"fn"`
}

// Histogram counts right and wrong predictions by confidence. Bin i holds
// confidences in [edges[i], edges[i+1]); the last bin includes 1.
type Histogram struct {
	Edges []float64 `json:"edges"`
	Right []int     `json:"right"`
	Wrong []int     `json:"wrong"`
}

// FailureList is the answer of GET …/failures.
type FailureList struct {
	Failures []Failure `json:"failures"`
}

// Failure is a sample that could not be predicted, and why.
type Failure struct {
	ID     int64  `json:"id"`
	Path   string `json:"path"`
	Reason string `json:"reason"`
}
