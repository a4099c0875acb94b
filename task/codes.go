package task

// Codes of the errors (*jobs.Coded) that calls give.
const (
	CodeImage = "image" // the image cannot be decoded
	CodeModel = "model" // the model cannot be used
	CodeUnfit = "unfit" // the method cannot explain this model or sample
	CodeFile  = "file"  // the file cannot be read
	CodeDrive = "drive" // the drive of the file does not answer

	CodeChanged = "changed" // the file is not the one that was imported
)
