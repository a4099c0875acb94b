package api

import "time"

// TagList is the tags of a dataset.
type TagList struct {
	Tags []Tag `json:"tags"`
}

// Tag is a tag of a dataset.
type Tag struct {
	Name    string    `json:"name"`
	Samples int       `json:"samples" doc:"Samples of the dataset that have it"`
	Changed int       `json:"changed" doc:"Samples that had it and whose file changed since: it counts no longer"`
	InSlice int       `json:"in_slice" doc:"Of the samples of the slice those that have it"`
	Created time.Time `json:"created"`
}

// MarkRequest sets a mark on samples, or takes it from them: all of a slice, or those listed.
// Of each kind but tag a sample has one mark: another takes its place.
type MarkRequest struct {
	Kind    string  `json:"kind" enum:"tag,note,label,exclude" doc:"tag; note; label, which proposes another one; exclude, which says that the sample should not count"`
	Value   string  `json:"value,omitempty" doc:"Name of the tag, a new one is made; text of the note; the label. Of what is taken away only tags need one"`
	Slice   string  `json:"slice,omitempty" doc:"The samples as a text such as label=cake&predicted=pie; empty for all"`
	Samples []int64 `json:"samples,omitempty" maxItems:"100000" doc:"Samples of the dataset, in place of a slice"`
	Remove  bool    `json:"remove,omitempty" doc:"Take the mark from them"`
	Author  string  `json:"author,omitempty" doc:"Who does it, for the history"`
}

// MarkAction is something that was done to the marks of a dataset.
type MarkAction struct {
	ID         int64      `json:"id" doc:"For undoing it; 0 if it changed nothing, and is not part of the history"`
	Kind       string     `json:"kind" enum:"tag,note,label,exclude,rename" doc:"A mark, or that a tag was renamed"`
	Value      string     `json:"value" doc:"Name of the tag, the new one where it was renamed, text of the note, or the label"`
	Remove     bool       `json:"remove"`
	Selected   int        `json:"selected" doc:"Samples that were meant"`
	Changed    int        `json:"changed" doc:"Of them those that changed"`
	Slice      string     `json:"slice" doc:"The samples as a text; empty for all, and for samples that were listed"`
	Evaluation string     `json:"evaluation" doc:"That the slice is of; empty for samples that were listed"`
	Author     string     `json:"author"`
	Created    time.Time  `json:"created"`
	Undone     *time.Time `json:"undone" doc:"null while it stands"`
	Text       string     `json:"text" doc:"What was done, in words"`
}

// MarkHistory is what was done last to the marks of a dataset.
type MarkHistory struct {
	Actions []MarkAction `json:"actions" doc:"The last first, at most 100"`
}

// UndoRequest takes an action back.
type UndoRequest struct {
	Action int64 `json:"action,omitempty" doc:"Which; 0 for the last one that stands"`
}

// SampleMark is what is noted of a sample.
type SampleMark struct {
	Kind    string    `json:"kind" enum:"tag,note,label,exclude"`
	Value   string    `json:"value"`
	Author  string    `json:"author"`
	Created time.Time `json:"created"`
	Changed bool      `json:"changed" doc:"The file is another one now: it counts no longer"`
}

// SavedSliceList is the saved slices of a dataset.
type SavedSliceList struct {
	Slices []SavedSlice `json:"slices"`
}

// SavedSlice is a slice with a name. Everywhere a slice is asked for, saved=NAME selects it.
type SavedSlice struct {
	Name       string    `json:"name"`
	Kind       string    `json:"kind" enum:"live,fixed" doc:"live: the text is evaluated whenever it is asked for; fixed: it has the samples that it selected when it was saved"`
	Slice      string    `json:"slice" doc:"The text that is evaluated, or was, with the names of classes"`
	Text       string    `json:"text" doc:"What selects it: saved=NAME, as it is written in a slice"`
	Sentence   string    `json:"sentence" doc:"The slice in words"`
	Evaluation string    `json:"evaluation" doc:"That it was saved on"`
	Author     string    `json:"author"`
	Created    time.Time `json:"created"`
	Samples    *int      `json:"samples" doc:"How many samples of the evaluation it selects now; null where no evaluation is asked for, or it cannot be told"`
	Fixed      int       `json:"fixed" doc:"Samples that a fixed one has, with those that count no longer"`
	Changed    int       `json:"changed" doc:"Of them those whose file changed since, or that are gone: they count no longer"`
	Problem    string    `json:"problem" doc:"Why it cannot be evaluated, such as a tag that is gone; empty where it can"`
}

// SaveSliceRequest gives a slice a name.
type SaveSliceRequest struct {
	Name    string `json:"name" doc:"The name, a new one of the dataset"`
	Slice   string `json:"slice" doc:"The samples as a text such as label=cake&predicted=pie"`
	Fixed   bool   `json:"fixed,omitempty" doc:"Keep the samples that it selects now, not the text"`
	Replace bool   `json:"replace,omitempty" doc:"Take the place of a slice that has the name"`
	Author  string `json:"author,omitempty" doc:"Who does it"`
}

// SelectRequest chooses samples: all of a slice, or those listed.
type SelectRequest struct {
	Slice   string  `json:"slice,omitempty" doc:"The samples as a text such as label=cake&predicted=pie; empty for all"`
	Samples []int64 `json:"samples,omitempty" maxItems:"1000000" doc:"Samples of the dataset, in place of a slice"`
}

// Selection is samples that were chosen. It never changes: sel=ID selects them, but those whose file changed.
type Selection struct {
	ID         string `json:"id" doc:"Follows from the samples and their files: choosing the same again gives the same"`
	Text       string `json:"text" doc:"What selects it: sel=ID"`
	Slice      string `json:"slice" doc:"That it was chosen from; empty for all samples, and for those listed"`
	Evaluation string `json:"evaluation" doc:"That the slice is of; empty for samples that were listed"`
	Samples    int    `json:"samples"`
	Changed    int    `json:"changed" doc:"Samples whose file changed since, or that are gone: they count no longer"`
}

// LocateRequest asks which samples of a dataset files are.
type LocateRequest struct {
	Files []FileName `json:"files" maxItems:"100000"`
}

// FileName names a file by its path, its hash, or both.
type FileName struct {
	Path string `json:"path,omitempty" doc:"As the dataset has it"`
	Hash string `json:"hash,omitempty" doc:"xxh3-128 of its bytes, hexadecimal, as exports have it"`
}

// LocatedList is the samples that files are, in the order of the files.
type LocatedList struct {
	Samples []Located `json:"samples"`
}

// Located is the sample of a file that was named.
type Located struct {
	Sample  int64    `json:"sample" doc:"0 where none fits, or several do"`
	Path    string   `json:"path" doc:"That it has in the dataset"`
	Label   string   `json:"label" doc:"Empty without one"`
	Changed bool     `json:"changed" doc:"There is a sample with the path, and its file is another one"`
	Alike   []string `json:"alike" doc:"Paths of several samples with the hash: none of them is taken"`
}
