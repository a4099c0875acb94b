package main

import "testing"

func TestNameOfAFolder(t *testing.T) {
	for dir, want := range map[string]string{
		"/home/x/flowers": "flowers", "/home/x/flowers/test": "flowers", "/home/x/flowers/images/Train": "flowers",
		"/home/x/photos": "photos", "/data/test": "data", "/test": "test", "/": "/",
		"s3://photos": "photos", "s3://photos/mail%20of%20may/images?endpoint=http%3A%2F%2Fx": "mail of may",
	} {
		if got := nameOf(dir); got != want {
			t.Errorf("nameOf(%s) = %s, want %s", dir, got, want)
		}
	}
}
