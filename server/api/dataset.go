package api

import "time"

// Count is a name and how many samples have it.
type Count struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// Dataset is a set of images with ground truth.
type Dataset struct {
	Name        string    `json:"name"`
	Root        string    `json:"root" doc:"Absolute path of the folder the files are in"`
	Samples     int       `json:"samples"`
	Quarantined int       `json:"quarantined" doc:"Samples that could not be decoded"`
	Gone        int       `json:"gone" doc:"Samples whose file is no longer there"`
	Changed     int       `json:"changed" doc:"Samples whose file has other bytes than at the first import"`
	Rotated     int       `json:"rotated" doc:"Samples whose EXIF orientation turns or mirrors them"`
	Unlabelled  int       `json:"unlabelled"`
	Labels      []Count   `json:"labels"`
	Splits      []Count   `json:"splits"`
	Regions     []string  `json:"regions" doc:"Names of the regions some samples have"`
	Duplicates  int       `json:"duplicates" doc:"Contents that several samples share"`
	Conflicting int       `json:"conflicting_duplicates" doc:"Those of them whose samples have different labels"`
	Created     time.Time `json:"created"`
	Examples    []int64   `json:"examples,omitempty" doc:"Some samples of as many labels as there are; not in lists"`
}

// DatasetList is the answer of GET /api/datasets.
type DatasetList struct {
	Datasets []Dataset `json:"datasets"`
	Next     string    `json:"next,omitempty" doc:"Where the next page begins: give it as after. Left out on the last page"`
}

// ImportRequest asks for an import, or for another import of the same dataset.
type ImportRequest struct {
	Name    string   `json:"name,omitempty" doc:"Name of the dataset: at most 120 characters, none of / \\ ~, no dot at its beginning"`
	Path    string   `json:"path" doc:"Absolute path of the folder of images, or s3://BUCKET/PREFIX, perhaps with ?endpoint=URL&region=NAME&path-style=true"`
	Labels  string   `json:"labels,omitempty" doc:"CSV or TSV of path,label[,split]"`
	Regions []string `json:"regions,omitempty" doc:"COCO JSON files, Pascal VOC XML files or folders, or CSV files of path,x1,y1,x2,y2[,name]"`
	List    string   `json:"list,omitempty" doc:"File of image paths, one per line, without labels"`
	Split   string   `json:"split,omitempty" doc:"Split of samples that have none of their own"`

	Columns []string          `json:"columns,omitempty" doc:"CSV, TSV or JSON lines files of path and any columns; they replace the columns that the dataset has"`
	Types   map[string]string `json:"types,omitempty" doc:"Kinds of columns by name, bool, int, double, date or text, where they are not to be found out"`
}

// Problems lists what an import could not use or found odd.
type Problems struct {
	Quarantined []Quarantined `json:"quarantined"`
	Stray       []string      `json:"stray" doc:"Files that are not images"`
	Missing     []string      `json:"missing" doc:"Named by a table, but missing"`
	Unlisted    []string      `json:"unlisted" doc:"Images that a table does not name"`
	Warnings    []string      `json:"warnings"`
	Gone        []string      `json:"gone"`
	Changed     []string      `json:"changed"`
	Added       []string      `json:"added" doc:"New in the last import, if it was not the first"`
	Moved       []string      `json:"moved" doc:"Found elsewhere by the last import: path before → path now"`
	Returned    []string      `json:"returned" doc:"Gone before the last import, and back"`
	Relabelled  []string      `json:"relabelled" doc:"The folder or table now says another label or split; the stored one stays"`
	Duplicates  []Duplicate   `json:"duplicates"`
}

// Quarantined is a sample that could not be used, and why.
type Quarantined struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Duplicate is a content that several samples share.
type Duplicate struct {
	Hash   string   `json:"hash"`
	Paths  []string `json:"paths"`
	Labels []string `json:"labels" doc:"The different labels; more than one is a contradiction"`
}

// ColumnList is GET /api/datasets/{name}/columns.
type ColumnList struct {
	Columns []Column `json:"columns"`
}

// Column is a column that came with a dataset.
type Column struct {
	Name     string `json:"name"`
	Kind     string `json:"kind" enum:"bool,int,double,date,text"`
	Source   string `json:"source" doc:"Base name of the file it came from"`
	Samples  int    `json:"samples" doc:"With a value"`
	Distinct int    `json:"distinct" doc:"Different values"`
}

// Groups is GET /api/evaluations/{id}/groups.
type Groups struct {
	Column string  `json:"column"`
	Kind   string  `json:"kind" enum:"bool,int,double,date,text"`
	Groups []Group `json:"groups" doc:"By value, those without one last; of texts the most samples first"`
	Left   int     `json:"left" doc:"Values of a text that are not listed, those with the fewest samples"`
}

// Group is the samples of a slice with one value of a column, or one in a range.
type Group struct {
	Word      string   `json:"word" doc:"What column(NAME)= says of them: a value, low..high, or empty"`
	Slice     string   `json:"slice" doc:"The samples of the group: the slice that was asked for, with column(NAME)=WORD"`
	Samples   int      `json:"samples"`
	Labelled  int      `json:"labelled"`
	Correct   int      `json:"correct" doc:"Of those with a label; undecided ones are not right"`
	Undecided int      `json:"undecided" doc:"Of those with a label"`
	Accuracy  *float64 `json:"accuracy" doc:"Correct ÷ labelled; null without labels"`
	Low       *float64 `json:"low" doc:"Of its 95 % interval, Wilson's; null below five labelled samples"`
	High      *float64 `json:"high"`
}
