package api

// DocumentList is the answer of GET /api/docs.
type DocumentList struct {
	Documents []DocumentTitle `json:"documents"`
}

// DocumentTitle is a document of this version in a list.
type DocumentTitle struct {
	Topic string `json:"topic"`
	Title string `json:"title"`
}

// Document is one of the program's documents.
type Document struct {
	Topic string `json:"topic"`
	Title string `json:"title"`
	HTML  string `json:"html" doc:"The inside of a page, made of the program's own text; links to other documents lead to TOPIC#HEADING"`
}
