package api

// ExportError is the last entry of an export that broke off: why it did.
const ExportError = ".error"

// ExportFormats lists the formats in which samples can be exported.
type ExportFormats struct {
	Formats []ExportFormat `json:"formats"`
}

// ExportFormat is a format of other tools.
type ExportFormat struct {
	Name    string `json:"name"`
	Title   string `json:"title" doc:"What reads it, in a few words"`
	Images  bool   `json:"images" doc:"Holds copies of the images"`
	Regions bool   `json:"regions" doc:"Carries regions"`
	File    bool   `json:"file" doc:"Is one file; others are folders, sent as tar"`
}
