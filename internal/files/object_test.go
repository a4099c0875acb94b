package files

import "testing"

// Paths below a folder are tidied and keys below an address are not.
func TestWithin(t *testing.T) {
	for _, c := range []struct{ root, path, want string }{
		{"/data", "cake/1.png", "/data/cake/1.png"},
		{"/data", "/elsewhere/1.png", "/elsewhere/1.png"},
		{"s3://b/photos", "cake/1.png", "s3://b/photos/cake/1.png"},
		{"s3://b/", "1.png", "s3://b/1.png"},
		{"s3://b", "1.png", "s3://b/1.png"},
		{"s3://b/p?endpoint=http%3A%2F%2Fx", "a b/../100 %?#/ü//1.png", "s3://b/p/a%20b/../100%20%25%3F%23/%C3%BC//1.png?endpoint=http%3A%2F%2Fx"},
	} {
		if got := Within(c.root, c.path); got != c.want {
			t.Errorf("%s in %s is %s, want %s", c.path, c.root, got, c.want)
		}
	}
	for name, want := range map[string]string{"/a/b.png": "b.png", "s3://b/p/x%20y?region=r": "x y", "s3://bucket": "bucket"} {
		if got := Base(name); got != want {
			t.Errorf("the base of %s is %q, want %q", name, got, want)
		}
	}
}
