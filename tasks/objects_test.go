package tasks

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sightline/sightline/blobs"
	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/dataset"
	"github.com/sightline/sightline/internal/s3test"
	"github.com/sightline/sightline/internal/testmodel"
	"github.com/sightline/sightline/jobs"
)

// upload puts the files of a folder into a bucket, under a prefix.
func upload(t *testing.T, store blobs.Store, root, prefix string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		put(t, store, prefix+name, mustRead(t, filepath.Join(root, name)))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func put(t *testing.T, store blobs.Store, key string, data []byte) {
	t.Helper()
	if err := store.Put(t.Context(), key, bytes.NewReader(data), int64(len(data)), false); err != nil {
		t.Fatal(err)
	}
}

// bucketAt is a bucket by its address.
func bucketAt(t *testing.T, address string) blobs.Store {
	t.Helper()
	store, _, err := new(s3.Buckets).At(address)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// importObjects imports what lies at an address, and fails unless the job ends in a state.
func (r *rig) importObjects(t *testing.T, source dataset.Source, end jobs.State) jobs.Job {
	t.Helper()
	job, err := r.importing.Start(t.Context(), "photos", source)
	if err == nil {
		job, err = r.jobs.Wait(t.Context(), job.ID)
	}
	if err != nil || job.State != end {
		t.Fatalf("the import ended as %s: %s (%v)", job.State, job.Error, err)
	}
	return job
}

// evaluateAlone imports by a function, evaluates with maps, and returns a digest of all numbers.
func evaluateAlone(t *testing.T, samples int, bring func(*rig)) string {
	t.Helper()
	dir := t.TempDir()
	r := newRig(t, dir)
	bring(r)
	r.addModel(t, testmodel.Options{Side: 32, Classes: 5})
	job, err := r.evaluate.Start(context.Background(), "photos", "tiny", nil, withMaps)
	r.run(t, job, err)
	r.close()
	return storedOf(t, dir, samples)
}

// Images in an object store give the same numbers to the bit as those of a folder, are read
// once by an import, and are read again only when they have changed.
func TestObjects(t *testing.T) {
	server := s3test.Start(t, "bucket")
	server.Setenv()
	proxy := server.Behind(t)
	t.Setenv("AWS_ENDPOINT_URL", proxy.URL)
	root := t.TempDir()
	photos(t, root, 24, 60, 40)
	odd := filepath.Join(root, "1", "a b & 100% (ü) #1?.jpg")
	if err := os.Rename(filepath.Join(root, "1", "0001.jpg"), odd); err != nil {
		t.Fatal(err)
	}
	store := bucketAt(t, "s3://bucket")
	upload(t, store, root, "some photos/")
	source := dataset.Source{Root: "s3://bucket/some%20photos"}

	want := evaluateAlone(t, 24, func(r *rig) { r.importFolder(t, root) })
	got := evaluateAlone(t, 24, func(r *rig) {
		before := proxy.Asked()
		r.importObjects(t, source, jobs.Done)
		if n := proxy.Asked() - before; n > 24+2 {
			t.Errorf("an import of 24 objects asked %d times", n)
		}
	})
	if got != want {
		t.Errorf("objects give %s, files %s", got, want)
	}

	r := newRig(t, t.TempDir())
	defer r.close()
	t.Run("regions", func(t *testing.T) { regionsOfObjects(t, r, store, source) })
	t.Run("imported again", func(t *testing.T) { importedAgain(t, r, store, proxy, source) })
	t.Run("troubles", func(t *testing.T) { objectTroubles(t, r, store, proxy, source) })
}

// regionsOfObjects imports with a table of boxes that lies in the store, too: they need sizes.
func regionsOfObjects(t *testing.T, r *rig, store blobs.Store, source dataset.Source) {
	put(t, store, "some photos/boxes.csv", []byte("path,x1,y1,x2,y2,name\n0/0000.jpg,1,2,30,20,head\n"))
	source.Regions = []string{"s3://bucket/some%20photos/boxes.csv"}
	job := r.importObjects(t, source, jobs.Done)
	d, err := r.store.Catalog.Dataset(t.Context(), "photos")
	if err != nil || d.Samples != 24 || d.Strays != 0 || len(d.Regions) != 1 || d.Regions[0] != "head" || job.Items != 24 {
		t.Errorf("got %+v, %v", d, err)
	}
	put(t, store, "some photos/boxes.csv", []byte("path,x1,y1,x2,y2,name\n0/0000.jpg,100,100,130,120,head\n"))
	if job := r.importObjects(t, source, jobs.Failed); !strings.Contains(job.Error, "outside its 60×40 pixels") {
		t.Errorf("a box outside: %s", job.Error)
	}
	if err := store.Delete(t.Context(), "some photos/boxes.csv"); err != nil {
		t.Fatal(err)
	}
}

func importedAgain(t *testing.T, r *rig, store blobs.Store, proxy *s3test.Proxy, source dataset.Source) {
	r.importObjects(t, source, jobs.Done)
	before := proxy.Asked()
	if job := r.importObjects(t, source, jobs.Done); job.Items != 0 || proxy.Asked()-before > 2 {
		t.Errorf("nothing has changed, and %d are read with %d requests", job.Items, proxy.Asked()-before)
	}
	first, err := r.store.Catalog.DatasetSamples(t.Context(), "photos", 0, 3)
	if err != nil {
		t.Fatal(err)
	}
	body := func(i int) []byte {
		data, _, err := new(s3.Buckets).Read(t.Context(), first[i].File, 1<<20, func() {})
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	one, two := body(1), body(2)
	put(t, store, "some photos/"+first[0].Path, one)        // changed
	put(t, store, "some photos/0/moved.jpg", two)           // moved from the third
	put(t, store, "some photos/0/broken.jpg", []byte("no")) // new, and no image
	put(t, store, "some photos/0/empty.jpg", nil)
	put(t, store, "some photos/0/", nil) // how some stores show a folder
	put(t, store, "some photos/notes.txt", []byte("stray"))
	if err := store.Delete(t.Context(), "some photos/"+first[2].Path); err != nil {
		t.Fatal(err)
	}
	job := r.importObjects(t, source, jobs.Done)
	p, err := r.store.Catalog.Problems(t.Context(), "photos")
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Changed) != 1 || p.Changed[0] != first[0].Path || len(p.Moved) != 1 || len(p.Stray) != 1 || len(p.Quarantined) != 2 || job.Items != 3 {
		t.Errorf("%d read, problems %+v", job.Items, p)
	}
	d, err := r.store.Catalog.Dataset(t.Context(), "photos")
	if err != nil || d.Samples != 24 || d.Changed != 1 {
		t.Errorf("got %+v, %v", d, err)
	}
}

// objectTroubles are those in the midst of work: each has its words.
func objectTroubles(t *testing.T, r *rig, store blobs.Store, proxy *s3test.Proxy, source dataset.Source) {
	r.addModel(t, testmodel.Options{Side: 32, Classes: 5})
	page, err := r.store.Catalog.DatasetSamples(t.Context(), "photos", 3, 3)
	if err != nil {
		t.Fatal(err)
	}
	put(t, store, "some photos/"+page[0].Path, []byte("other bytes"))
	if err := store.Delete(t.Context(), "some photos/"+page[1].Path); err != nil {
		t.Fatal(err)
	}
	refused := func(code string, status int) {
		proxy.Fail(func(r *http.Request) *s3test.Fault {
			if r.Method == http.MethodGet && strings.Contains(r.URL.Path, ".jpg") {
				return &s3test.Fault{Status: status, Code: code}
			}
			return nil
		})
	}
	refused("ExpiredToken", http.StatusBadRequest)
	job, err := r.evaluate.Start(t.Context(), "photos", "tiny", nil)
	if err == nil {
		job, err = r.jobs.Wait(t.Context(), job.ID)
	}
	if err != nil || job.State != jobs.Failed || !strings.Contains(job.Error, "the credentials have expired: renew them") || !strings.Contains(job.Error, "Resume the job") {
		t.Errorf("expired: %s: %s, %v", job.State, job.Error, err)
	}
	var throttled atomic.Int64 // a few times, and then no more
	proxy.Fail(func(r *http.Request) *s3test.Fault {
		if throttled.Add(1)%3 == 0 {
			return &s3test.Fault{Status: http.StatusServiceUnavailable, Code: "SlowDown"}
		}
		return nil
	})
	job, err = r.evaluate.Start(t.Context(), "photos", "tiny", nil)
	job = r.run(t, job, err)
	list, err := r.jobs.Failures(t.Context(), job.ID)
	if err != nil || len(list) != 2 || !strings.Contains(list[0].Reason, "changed since import") || !strings.Contains(list[1].Reason, "the file is missing") {
		t.Errorf("throttled, one changed, one gone: %+v, %v", list, err)
	}
}
