package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/sightline/sightline/server/api"
)

// plainInterval is how often progress is printed where it cannot be redrawn.
const plainInterval = 5 * time.Second

// progress shows how a job gets on: on a terminal one line that is redrawn,
// elsewhere a line every few seconds.
type progress struct {
	out      io.Writer
	terminal bool
	width    func() int
	now      func() time.Time
	printed  time.Time // when the last plain line was written
	last     string
}

func newProgress(out io.Writer) *progress {
	p := &progress{out: out, now: time.Now, width: func() int { return 80 }}
	p.printed = p.now()
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		p.terminal = true
		p.width = func() int {
			w, _, err := term.GetSize(int(file.Fd()))
			if err != nil || w < 20 {
				return 80
			}
			return w
		}
	}
	return p
}

// update shows a job's present state.
func (p *progress) update(job api.Job) {
	line := progressLine(job, p.terminal)
	if p.terminal {
		line = p.fit(job, line)
	}
	p.show(line)
}

// note shows what is being done that is no job.
func (p *progress) note(line string) {
	if p.terminal {
		line = truncate(line, p.width()-1)
	}
	p.show(line)
}

func (p *progress) show(line string) {
	switch {
	case line == p.last:
	case p.terminal:
		fmt.Fprint(p.out, "\r\x1b[K"+line)
		p.last = line
	case p.now().Sub(p.printed) >= plainInterval:
		fmt.Fprintln(p.out, line)
		p.last, p.printed = line, p.now()
	}
}

// shortTitle is the least of a title that still tells what is going on.
const shortTitle = 16

// fit shortens a line to the terminal: the title first, for the figures are
// what one looks at, then the end.
func (p *progress) fit(job api.Job, line string) string {
	width := p.width() - 1
	if over := utf8.RuneCountInString(line) - width; over > 0 {
		title := max(utf8.RuneCountInString(job.Title)-over, min(shortTitle, utf8.RuneCountInString(job.Title)))
		line = truncate(job.Title, title) + strings.TrimPrefix(line, job.Title)
	}
	return truncate(line, width)
}

// clear takes the line away, if there is one.
func (p *progress) clear() {
	if p.terminal && p.last != "" {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
	p.last = ""
}

// end shows how the job ended and leaves the line.
func (p *progress) end(job api.Job) {
	p.clear()
	fmt.Fprintln(p.out, endLine(job))
}

// counting shows how a verb's own work gets on, one sample after another, as progress does a job.
type counting struct {
	*progress
	job            api.Job // what it is shown as
	at             int64   // the sample that is worked on
	started, shown time.Time
}

func newCounting(out io.Writer, title string, samples int) *counting {
	p := newProgress(out)
	return &counting{progress: p, job: api.Job{Title: title, Items: samples}, at: -1, started: p.now(), shown: p.now()}
}

// countedEvery is how often counts are shown at most.
const countedEvery = 100 * time.Millisecond

// reached says which sample is worked on now; those before it are done.
func (c *counting) reached(sample int64) {
	if sample == c.at {
		return
	}
	if c.at >= 0 {
		c.job.Done++
	}
	c.at = sample
	now := c.now()
	if now.Sub(c.shown) < countedEvery {
		return
	}
	c.shown = now
	c.job.Rate = float64(c.job.Done) / now.Sub(c.started).Seconds()
	if c.job.Done > 0 {
		c.job.ETASeconds = float64(c.job.Items-c.job.Done) / c.job.Rate
	}
	c.update(c.job)
}

// progressLine is, for example, `evaluate a on b  ███░░░  30/60  12/s  ETA 3 s`.
func progressLine(job api.Job, bar bool) string {
	parts := []string{job.Title}
	if job.Items > 0 {
		if bar {
			parts = append(parts, drawBar(float64(job.Done)/float64(job.Items), 20))
		}
		parts = append(parts, fmt.Sprintf("%d/%d", job.Done, job.Items))
	}
	if job.Rate > 0 {
		parts = append(parts, pace(job.Rate))
	}
	if job.ETASeconds > 0 {
		parts = append(parts, "ETA "+duration(time.Duration(job.ETASeconds*float64(time.Second))))
	}
	if job.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d set aside", job.Failed))
	}
	if job.Message != "" {
		parts = append(parts, job.Message)
	}
	return strings.Join(parts, "  ")
}

// pace is how fast things are done: `12/s`, or of slow ones `25 s each`.
func pace(rate float64) string {
	if rate < 0.1 {
		return duration(time.Duration(float64(time.Second)/rate)) + " each"
	}
	return perSecond(rate) + "/s"
}

// perSecond writes a rate as the interface does: of few with one decimal.
func perSecond(rate float64) string {
	switch {
	case rate <= 0:
		return "–"
	case rate < 9.95:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", rate), ".0")
	}
	return fmt.Sprintf("%.0f", rate)
}

func endLine(job api.Job) string {
	line := fmt.Sprintf("%s: %s", job.Title, job.State)
	if job.Items > 0 {
		line += fmt.Sprintf(", %d of %d", job.Done, job.Items)
	}
	if job.Failed > 0 {
		line += fmt.Sprintf(", %d set aside", job.Failed)
	}
	if job.Started != nil && job.Finished != nil {
		line += " in " + duration(job.Finished.Sub(*job.Started))
	}
	return line
}

// drawBar draws a fraction as a bar of width characters.
func drawBar(fraction float64, width int) string {
	full := int(min(max(fraction, 0), 1) * float64(width))
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}

// truncate cuts a line to a number of characters.
func truncate(line string, width int) string {
	if utf8.RuneCountInString(line) <= width {
		return line
	}
	return string([]rune(line)[:max(width-1, 0)]) + "…"
}

// duration writes a time span in the two units that matter.
func duration(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
}
