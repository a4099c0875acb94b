package route

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"
)

// streaming is a server whose one route sends an event whenever the test says so.
func streaming(t *testing.T) (address string, say chan string) {
	t.Helper()
	mux := http.NewServeMux()
	say = make(chan string)
	kinds := map[string]any{"word": ""}
	Streamed(New(mux), "GET /api/words", "words", "Words", kinds, func(context.Context, *None) (func(context.Context, func(Event) error), error) {
		return func(ctx context.Context, send func(Event) error) {
			for word := range say {
				if send(Event{"word", word}) != nil {
					return
				}
			}
		}, nil
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, say
}

// Each event arrives while the stream goes on, through a proxy too.
func TestEventsArriveOneByOne(t *testing.T) {
	address, say := streaming(t)
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})
	defer proxy.Close()
	res, err := http.Get(proxy.URL + "/api/words")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if h := res.Header; h.Get("Content-Type") != "text/event-stream" || h.Get("X-Accel-Buffering") != "no" || !strings.Contains(h.Get("Cache-Control"), "no-transform") {
		t.Errorf("headers: %v", h)
	}
	lines := bufio.NewReader(res.Body)
	for _, word := range []string{"one", "two"} {
		say <- word
		for line := ""; line != "data: \""+word+"\"\n"; {
			if line, err = lines.ReadString('\n'); err != nil {
				t.Fatalf("%q did not arrive: %v", word, err)
			}
		}
	}
	close(say)
	if rest, err := io.ReadAll(lines); err != nil || strings.TrimSpace(string(rest)) != "" {
		t.Errorf("after the last event came %q, %v", rest, err)
	}
}

// A stream on which nothing happens still says something, until it is over.
func TestQuietStreamsStayAlive(t *testing.T) {
	answer := httptest.NewRecorder()
	s := &eventStream{w: answer}
	stop := s.keepAlive(time.Millisecond)
	written := func() string {
		s.mu.Lock()
		defer s.mu.Unlock()
		return answer.Body.String()
	}
	for strings.Count(written(), "\n\n") < 3 {
		time.Sleep(time.Millisecond)
	}
	stop()
	all := written()
	for block := range strings.SplitSeq(strings.TrimSuffix(all, "\n\n"), "\n\n") {
		if !strings.HasPrefix(block, ":") || strings.Contains(block, "\n") {
			t.Errorf("%q is no comment", block)
		}
	}
	time.Sleep(10 * time.Millisecond)
	if now := written(); now != all {
		t.Errorf("after its end the stream said %q", now[len(all):])
	}
}
