package api

// DatasetHash names what a dataset is, wherever its folder lies.
type DatasetHash struct {
	SHA256  string `json:"sha256" doc:"Over the usable samples by path: path, hash of the bytes, label and split of each"`
	Samples int    `json:"samples" doc:"Usable samples"`
}
