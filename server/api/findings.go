package api

import "time"

// Findings is where an evaluation's errors come from and what its model decides by: ranked
// statements, each with its evidence and the test that was made of it.
type Findings struct {
	Evaluation string         `json:"evaluation"`
	Headline   string         `json:"headline" doc:"One sentence above all"`
	Findings   []Finding      `json:"findings" doc:"First what makes the figures doubtful, then shortcuts, what could win errors by how many, what decides and helps; last what is not used, and what cannot be told"`
	NotFound   []NotFound     `json:"not_found" doc:"What was looked for in the figures and not found"`
	Tested     int            `json:"tested" doc:"Pairs of class and area that were tested with controls"`
	Untested   []UntestedArea `json:"untested" doc:"What was left out, and why"`
	Declared   []Declaration  `json:"declared" doc:"What users said that models should, or should not, look at"`
	Stage      string         `json:"stage" doc:"What is to be done next: screen, test, paste, tighten or tighten again; empty when all is done"`
	Job        string         `json:"job,omitempty" doc:"The job that is at work on it"`
	Unprinted  int            `json:"unprinted,omitempty" doc:"Images that are not compared with others, as they were imported before there were fingerprints: POST /api/datasets/{name}/fingerprints makes them"`
	Stale      bool           `json:"stale,omitempty" doc:"The regions or predictions have changed since: POST to the same address tests again"`
	Budget     int            `json:"budget,omitempty" doc:"Forward passes that may be taken"`
	Passes     int            `json:"passes" doc:"Forward passes planned so far"`
	Screened   int            `json:"screened" doc:"Pairs of class and area that the tested ones were chosen from"`
	Seed       uint64         `json:"seed" doc:"Of samples and controls"`
	Slice      string         `json:"slice" doc:"The images that samples were taken from"`
}

// Finding is a statement: about a class and an area of its images, which was tested, or about
// the figures. Fields of tests are zero or null where the grade is numbers.
type Finding struct {
	Kind       string        `json:"kind" enum:"shortcut,reason,confusion,label,slice,duplicate,leak,calibration,preprocessing,data,shift"`
	Key        string        `json:"key" doc:"The same for the same finding of another evaluation of the dataset"`
	Word       string        `json:"word" doc:"Of an area. decides: hidden or swapped it turns answers, and pasted it turns others; helps: the first only; looked at, not used: hidden it turns next to nothing; undecided: none can be said"`
	Grade      string        `json:"grade" enum:"tested,maps,numbers" doc:"tested: something was changed and predicted again; numbers: figures show it"`
	Class      *int          `json:"class" doc:"Null for all classes together"`
	ClassName  string        `json:"class_name,omitempty"`
	Region     *string       `json:"region" doc:"Null of what has no place"`
	Property   string        `json:"property,omitempty" doc:"Of the whole image, where it is no region: what is declared of it goes by this name"`
	Parts      []string      `json:"parts,omitempty" doc:"The regions, where several were changed together"`
	Tight      *FindingPart  `json:"tight,omitempty" doc:"The smallest part of the area that keeps four fifths of its effect"`
	Weight     *FindingRank  `json:"weight,omitempty" doc:"Of a test: what findings of one kind and word are ranked by, as a product"`
	Builtin    bool          `json:"builtin,omitempty" doc:"Every image has it; else the dataset says where it is"`
	Area       float64       `json:"area,omitempty" doc:"Mean share of the image"`
	Rule       string        `json:"rule,omitempty" enum:"unwanted,edge,outside,whole" doc:"Of a shortcut: you declared it unwanted, or pasting it turns others and it lies at the edge of the image, outside what the label names, or is a property of the whole image"`
	Declared   string        `json:"declared,omitempty" enum:"expected,unwanted"`
	Effect     float64       `json:"effect" doc:"How large it is, in effect_unit; of a test the share of right answers that turn, less that of the control where there is one"`
	EffectUnit string        `json:"effect_unit"`
	Low        float64       `json:"low" doc:"Interval of 95 % of the effect"`
	High       float64       `json:"high"`
	Won        float64       `json:"won" doc:"Errors that could be won"`
	WonLow     float64       `json:"won_low" doc:"Interval of 95 % of won"`
	WonHigh    float64       `json:"won_high"`
	Turned     float64       `json:"turned" doc:"Share of right answers that turn"`
	Control    *float64      `json:"control" doc:"Share that turns when as much is changed elsewhere, or by an image of the same class; null without a control"`
	Corrected  *float64      `json:"corrected" doc:"The p-value, of tests the larger one of the fills, corrected for all that were tested (Benjamini and Hochberg; of slices Bonferroni); null where nothing is left to chance, or there is no control"`
	Fragile    bool          `json:"fragile" doc:"Only one way of hiding shows it, and pasting does not"`
	N          int           `json:"n" doc:"Images"`
	Pairs      int           `json:"tested_pairs" doc:"Pairs of class and area that were tested; of numbers how many of the kind"`
	Fills      []FindingFill `json:"fills"`
	Paste      *FindingPaste `json:"paste,omitempty" doc:"What pasting the area into images of other classes showed"`
	Text       string        `json:"text" doc:"All of it in words"`
	Group      string        `json:"group,omitempty" doc:"What several classes have in common of which the same is found: one sentence for all of them"`
	Next       string        `json:"next" doc:"What to do about it"`
	Winner     *int          `json:"winner,omitempty" doc:"The class that most turned answers turn to"`
	Slice      string        `json:"slice" doc:"Selects the images of the class that are predicted right"`
	Samples    []int64       `json:"samples" doc:"Images that turned, or that show it: at most eight"`
	SideBySide bool          `json:"side_by_side,omitempty" doc:"Every two samples are a pair"`
	Captions   []string      `json:"captions,omitempty" doc:"Of pairs: the label and split of each sample"`
	Together   int           `json:"pairs,omitempty" doc:"Of near duplicates: how many pairs there are; /findings/pairs lists them"`
	Doors      []FindingDoor `json:"doors" doc:"Where the images are"`
	Dismissed  *Dismissal    `json:"dismissed,omitempty" doc:"A user has seen enough of it: it comes last, and not in the headline"`
}

// FindingPairs is a page of the pairs of a finding, those with two labels first.
type FindingPairs struct {
	Total int           `json:"total"`
	Pairs []FindingPair `json:"pairs"`
}

// FindingPair is two images that show the same.
type FindingPair struct {
	Samples  []int64  `json:"samples"`
	Captions []string `json:"captions,omitempty" doc:"The label and split of each"`
}

// FindingDoor leads to images of a finding.
type FindingDoor struct {
	Title string `json:"title"`
	Slice string `json:"slice"`
}

// NotFound is what was looked for and not found.
type NotFound struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// FindingFill is what one way of changing an area showed.
type FindingFill struct {
	Fill      string   `json:"fill" enum:"pyramid,blur,swap" doc:"pyramid and blur hide it; swap puts that of another image in its place"`
	N         int      `json:"n"`
	Turned    float64  `json:"turned"`
	Control   *float64 `json:"control"`
	Effect    float64  `json:"effect"`
	Low       float64  `json:"low"`
	High      float64  `json:"high"`
	Lost      float64  `json:"lost" doc:"Margin lost more than at the controls, in medians of the class's margin"`
	Corrected *float64 `json:"corrected" doc:"p-value of a permutation test of the lost margins, corrected for all tested pairs"`
	Most      float64  `json:"most" doc:"Upper end of the 95 % interval of the share that turns, controls or not"`
}

// FindingRank is what a tested finding is ranked by.
type FindingRank struct {
	Takes     float64 `json:"takes" doc:"Margin that changing the area takes more than the control, of the class's median margin: 0 to 1"`
	Exclusive float64 `json:"exclusive" doc:"1 less what the area does in other classes divided by what it does in this one: 0 to 1"`
	Stake     float64 `json:"stake" doc:"Right answers of the class that hang on it: how many turn, more than at the control"`
}

// FindingPart is a part of an area, a box in shares of the image's width and height.
type FindingPart struct {
	Left   float64 `json:"left"`
	Top    float64 `json:"top"`
	Right  float64 `json:"right"`
	Bottom float64 `json:"bottom"`
	Area   float64 `json:"area" doc:"Share of the image"`
	Kept   float64 `json:"kept" doc:"Margin that changing it takes, divided by that of the whole area, on the same images"`
	N      int     `json:"n" doc:"Images"`
}

// FindingPaste is what pasting an area into images of other classes showed.
type FindingPaste struct {
	N         int     `json:"n"`
	Turned    float64 `json:"turned" doc:"Share that turned to the class"`
	Control   float64 `json:"control" doc:"Share that turned to it when the same area of a third class was pasted"`
	Effect    float64 `json:"effect"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Corrected float64 `json:"corrected"`
	Samples   []int64 `json:"samples" doc:"Images that turned, at most eight"`
}

// UntestedArea is what was left out.
type UntestedArea struct {
	Class     *int   `json:"class" doc:"Null for all"`
	ClassName string `json:"class_name,omitempty"`
	Region    string `json:"region,omitempty" doc:"Empty for all areas"`
	Reason    string `json:"reason"`
}

// FindingsRequest starts, or continues, the tests of an evaluation.
type FindingsRequest struct {
	Budget int `json:"budget,omitempty" minimum:"0" doc:"Forward passes that may be taken; 0 means 12000, or four for each sample if that is more"`
}

// FindingsJob is the job that is at work on findings.
type FindingsJob struct {
	Job *Job `json:"job" doc:"Null where all is done"`
}

// Declaration says whether a model should look at a region.
type Declaration struct {
	Class  string `json:"class,omitempty" doc:"By name; empty for all classes"`
	Region string `json:"region"`
	Word   string `json:"word" enum:"expected,unwanted," doc:"Empty takes back what was declared"`
}

// Declarations are what users said that models should, or should not, look at on a dataset.
type Declarations struct {
	Declared []Declaration `json:"declared"`
	Replace  bool          `json:"replace,omitempty" doc:"Take back all that is not in the list"`
}

// Dismissal says that a user has seen enough of a finding of a dataset.
type Dismissal struct {
	Key  string    `json:"key" doc:"Of the finding"`
	Note string    `json:"note,omitempty" doc:"Why"`
	Text string    `json:"text,omitempty" doc:"What the finding said then"`
	Made time.Time `json:"made,omitzero"`
}

// Dismissals are the findings of a dataset that users have seen enough of, whatever model has them.
type Dismissals struct {
	Dismissed []Dismissal `json:"dismissed"`
}

// DismissRequest dismisses findings, and takes dismissals back.
type DismissRequest struct {
	Dismiss []Dismissal `json:"dismiss,omitempty" doc:"Each replaces what was noted of the same key"`
	Back    []string    `json:"back,omitempty" doc:"Keys of dismissals to take back"`
}

// Cards puts findings that several classes have in common together, at the place of the first.
func Cards(list []Finding) (cards [][]Finding) {
	at := map[string]int{}
	for _, f := range list {
		i, known := at[f.Group]
		if !known || f.Group == "" {
			i, at[f.Group] = len(cards), len(cards)
			cards = append(cards, nil)
		}
		cards[i] = append(cards[i], f)
	}
	return cards
}
