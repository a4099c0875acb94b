package api

// SQLRequest asks one SELECT over the views of docs/sql.md. It runs in a process of its own, over a
// copy, within limits.
type SQLRequest struct {
	Statement string `json:"statement" minLength:"1" maxLength:"1000000" doc:"One SELECT, or .schema for the views with their columns"`
	Seconds   int    `json:"seconds,omitempty" minimum:"0" maximum:"3600" doc:"After which it is ended; 0 means 30"`
	Memory    int    `json:"memory,omitempty" minimum:"0" maximum:"65536" doc:"Megabytes (MiB) of its process; 0 means 1024"`
	Output    int    `json:"output,omitempty" minimum:"0" maximum:"10000" doc:"Megabytes of its result; 0 means 100"`
}

// SQLColumn is a column of a result.
type SQLColumn struct {
	Name string `json:"name"`
	Type string `json:"type" doc:"DuckDB's name of it"`
}
