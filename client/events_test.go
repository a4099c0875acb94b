package client

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestReadEvents(t *testing.T) {
	stream := ": a comment\n\nevent: job\ndata: {\"a\":1}\n\ndata: first\ndata: second\n\nevent: only a name\n\nevent: job\ndata:\n\nevent: cut\ndata: off"
	var got []string
	err := ReadEvents(strings.NewReader(stream), func(event string, data []byte) error {
		got = append(got, event+"="+string(data))
		return nil
	})
	want := []string{`job={"a":1}`, "message=first\nsecond", "job="}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestReadEventsStops(t *testing.T) {
	enough := errors.New("enough")
	calls := 0
	err := ReadEvents(strings.NewReader("data: 1\n\ndata: 2\n\n"), func(string, []byte) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add("event: job\ndata: {}\n\n")
	f.Fuzz(func(t *testing.T, stream string) {
		_ = ReadEvents(strings.NewReader(stream), func(event string, data []byte) error {
			if strings.ContainsRune(event, '\n') {
				t.Errorf("the event %q spans lines", event)
			}
			return nil
		})
	})
}

func TestErrorsAreForPeople(t *testing.T) {
	answers := map[string]struct {
		status  int
		content string
		want    string
	}{
		"/api/datasets/a": {404, `{"title":"Not Found","status":404,"detail":"no such dataset; import it"}`, "no such dataset; import it"},
		"/api/datasets/b": {422, `{"detail":"validation failed","errors":[{"message":"too long","location":"body.name"}]}`, "validation failed; body.name: too long"},
		"/api/datasets/c": {502, `<html>`, "the server answered 502 Bad Gateway to /api/datasets/c"},
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(answers[r.URL.Path].status)
		w.Write([]byte(answers[r.URL.Path].content))
	}))
	defer s.Close()
	for path, answer := range answers {
		_, err := New(s.URL, "").Dataset(t.Context(), path[len(path)-1:])
		var told *Error
		if !errors.As(err, &told) || told.Error() != answer.want || told.Status != answer.status {
			t.Errorf("%s: %v, want %q", path, err, answer.want)
		}
	}
}

func TestASliceIsSentAsItIs(t *testing.T) {
	for _, test := range []struct {
		slice  string
		others url.Values
		want   string
	}{
		{"", nil, ""},
		{"label=0,1&score(3)=0.5-", nil, "?label=0,1&score(3)=0.5-"},
		{"", url.Values{"limit": {"5"}}, "?limit=5"},
		{"label=hot dog,Ü#&q=a%2Cb+c", url.Values{"limit": {"5"}, "sort": {"-loss"}}, "?label=hot%20dog,%C3%9C%23&q=a%2Cb+c&limit=5&sort=-loss"},
	} {
		if got := selected(test.slice, test.others); got != test.want {
			t.Errorf("%q with %v is asked as %s, want %s", test.slice, test.others, got, test.want)
		}
	}
}
