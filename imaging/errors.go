package imaging

import "errors"

// What is wrong with a file; wrapped with detail, so compare with errors.Is.
var (
	// ErrFormat: the content is no image of a known format, or is damaged.
	ErrFormat = errors.New("not a readable image: check that the file opens in an image viewer, or remove it")
	// ErrTruncated: the file ends before its pixels do.
	ErrTruncated = errors.New("the image file is cut short: copy or download it again")
	// ErrTooLarge: the header announces more pixels than the limit.
	ErrTooLarge = errors.New("the image has more pixels than allowed")
)

// foreignError names a format that is known and not read. It is an ErrFormat with
// advice of its own: a viewer that opens the file would not help.
type foreignError string

func (e foreignError) Error() string {
	return string(e) + " is not read here: convert it to JPEG or PNG"
}

func (foreignError) Is(target error) bool { return target == ErrFormat }
