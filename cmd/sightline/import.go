package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sightline/sightline/blobs/s3"
	"github.com/sightline/sightline/internal/files"
	"github.com/sightline/sightline/server/api"
)

func importVerb() verb {
	return verb{name: "import", group: groupData, args: []argument{{name: "DIR", is: "the folder of images", values: folders}},
		summary: "Import a folder of images as a dataset",
		about: `Without flags, the folders of DIR are the labels: DIR/cake/1.jpg, or
DIR/train/cake/1.jpg with splits. --labels FILE reads path,label[,split]
from CSV or TSV instead, --list FILE images without labels, --regions FILE
named areas from COCO JSON, Pascal VOC XML or a table of boxes
(path,x1,y1,x2,y2[,name]). Images stay where they are.
Further columns of --labels FILE, and all of --columns FILE (CSV, TSV or JSON
lines with a column of paths), are kept, with the type that all their values
have; column(NAME)=VALUE selects by them (docs/slices.md). --type NAME=KIND says
another type: bool, int, double, date or text.
Importing again adds what is new, and says what is gone or changed.
DIR may also be s3://BUCKET/PREFIX: the images stay in the object store, and each
is read once for its thumbnail. Credentials are those of $AWS_ACCESS_KEY_ID and
$AWS_SECRET_ACCESS_KEY, or of the profile $AWS_PROFILE, where sightline serves
(docs/datasets.md).`,
		examples: []string{
			"sightline import photos --name groceries",
			"sightline import photos --name groceries --labels labels.csv",
			"sightline import photos/cake --name mail --list unlabelled.txt",
			"sightline import photos --name people --regions boxes.json",
			"sightline import photos --name groceries --columns weather.csv --type shop=text",
			"sightline import s3://photos/groceries",
		},
		define: defineImport}
}

func defineImport(flags *pflag.FlagSet) action {
	f := importFlags(flags)
	return func(ctx context.Context, c *call) error {
		request, err := f.request(c.args[0])
		if err != nil {
			return err
		}
		return runImport(ctx, c, request)
	}
}

// importOptions are the flags of import, which open has too.
type importOptions struct {
	name, labels, list, split string
	regions, columns          []string
	types                     map[string]string
	place                     s3.Place
}

func importFlags(flags *pflag.FlagSet) *importOptions {
	var o importOptions
	flags.StringVar(&o.name, "name", "", "`NAME` of the dataset (default: the folder's)")
	flags.StringVar(&o.labels, "labels", "", "CSV or TSV `FILE` of path,label[,split]; without it, folders are the labels")
	flags.StringVar(&o.list, "list", "", "`FILE` of image paths, one per line, without labels")
	flags.StringVar(&o.split, "split", "", "`NAME` of the split of samples that have none of their own")
	flags.Func("regions", "COCO JSON `FILE`, Pascal VOC XML file or folder, or CSV file of path,x1,y1,x2,y2[,name]; may be given several times", func(path string) error {
		o.regions = append(o.regions, path)
		return nil
	})
	flags.Func("columns", "CSV, TSV or JSON lines `FILE` of path and any columns; may be given several times", func(path string) error {
		o.columns = append(o.columns, path)
		return nil
	})
	flags.Func("type", "`NAME=KIND`: a column is bool, int, double, date or text; may be given several times", func(text string) error {
		name, kind, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("must be NAME=KIND, such as shop=text")
		}
		if o.types == nil {
			o.types = map[string]string{}
		}
		o.types[name] = kind
		return nil
	})
	placeFlags(flags, &o.place)
	return &o
}

// placeFlags are those that say where s3://BUCKET/PREFIX is.
func placeFlags(flags *pflag.FlagSet, at *s3.Place) {
	flags.StringVar(&at.Endpoint, "s3-endpoint", "", "`URL` of the service that s3://BUCKET/PREFIX is at (default: $AWS_ENDPOINT_URL, or Amazon's)")
	flags.StringVar(&at.Region, "s3-region", "", "`NAME` of the bucket's region (default: $AWS_REGION, or what the service says)")
	flags.BoolVar(&at.PathStyle, "s3-path-style", false, "the bucket is part of the service's paths, not of its host names")
}

// commonNames of folders say nothing of what is in them.
var commonNames = []string{
	"train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval", "holdout",
	"images", "image", "imgs", "img", "data", "dataset",
}

// nameOf is the name of a dataset after its folder, or after the folder above
// where its own says nothing: "flowers" for flowers/test and flowers/images.
func nameOf(dir string) string {
	whole := dir
	if files.IsObject(dir) {
		dir, _, _ = strings.Cut(strings.TrimPrefix(dir, files.ObjectScheme), "?")
		dir = "/" + strings.TrimSuffix(dir, "/")
	}
	for {
		name := filepath.Base(dir)
		above := filepath.Dir(dir)
		if !slices.Contains(commonNames, strings.ToLower(name)) || above == dir || filepath.Dir(above) == above {
			if key, err := url.PathUnescape(name); err == nil && files.IsObject(whole) {
				return key
			}
			return name
		}
		dir = above
	}
}

// request makes every path absolute, since the server may run elsewhere.
func (o *importOptions) request(folder string) (api.ImportRequest, error) {
	dir, err := o.root(folder)
	if err != nil {
		return api.ImportRequest{}, err
	}
	r := api.ImportRequest{Name: o.name, Path: dir, Split: o.split, Labels: o.beside(o.labels, dir), List: o.beside(o.list, dir)}
	if r.Name == "" {
		r.Name = nameOf(dir)
	}
	for _, path := range o.regions {
		r.Regions = append(r.Regions, o.beside(path, dir))
	}
	for _, path := range o.columns {
		r.Columns = append(r.Columns, o.beside(path, dir))
	}
	r.Types = o.types
	return r, checkFiles(slices.Concat([]string{r.Labels, r.List}, r.Regions, r.Columns))
}

// root is the folder of the images, absolute, or the address of the objects with the place that
// flags give.
func (o *importOptions) root(folder string) (string, error) {
	if files.IsObject(folder) {
		return placed(folder, o.place)
	}
	if o.place != (s3.Place{}) {
		return "", fmt.Errorf("--s3-endpoint, --s3-region and --s3-path-style are of s3://BUCKET/PREFIX, and %s is a folder", folder)
	}
	dir, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	return dir, checkFolder(dir)
}

// placed is an address with the place that flags give.
func placed(address string, p s3.Place) (string, error) {
	at, err := s3.Parse(address)
	if err != nil {
		return "", err
	}
	at.Endpoint, at.Region = cmp.Or(p.Endpoint, at.Endpoint), cmp.Or(p.Region, at.Region)
	at.PathStyle = at.PathStyle || p.PathStyle
	return at.String(), nil
}

// beside is the function of that name for what may also be the address of an object.
func (o *importOptions) beside(path, dir string) string {
	if files.IsObject(path) {
		if at, err := placed(path, o.place); err == nil {
			return at
		}
		return path // the server says what is wrong with it
	}
	if files.IsObject(dir) {
		dir = "."
	}
	return beside(path, dir)
}

// beside makes a path absolute: as seen from the current folder if it is
// there, else from dir.
func beside(path, dir string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	if _, err := os.Stat(path); err != nil {
		if inside := filepath.Join(dir, path); exists(inside) {
			return inside
		}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return absolute
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// checkFiles refuses the first of the paths that is not there; "" is no path.
func checkFiles(paths []string) error {
	for _, path := range paths {
		if _, err := os.Stat(path); path != "" && !files.IsObject(path) && os.IsNotExist(err) {
			return fmt.Errorf("there is no file %s: check the path", path)
		}
	}
	return nil
}

func checkFolder(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case os.IsNotExist(err):
		return fmt.Errorf("there is no folder %s: check the path", dir)
	case err != nil:
		return fmt.Errorf("cannot look into %s: %w", dir, err)
	case !info.IsDir():
		return fmt.Errorf("%s is a file, not a folder: give the folder that holds the images", dir)
	}
	return nil
}

func runImport(ctx context.Context, c *call, request api.ImportRequest) error {
	s, err := c.connect(ctx, 0)
	if err != nil {
		return err
	}
	defer s.Close()
	dataset, problems, err := s.importDataset(ctx, request)
	if err != nil {
		return err
	}
	columns, err := s.Columns(ctx, dataset.Name)
	if err != nil {
		return err
	}
	if c.json {
		return c.document(map[string]any{"dataset": dataset, "problems": problems, "columns": columns})
	}
	printDataset(c, dataset, problems)
	printColumns(c, columns)
	return nil
}

// importDataset imports, and returns the dataset with what was odd about it.
func (s *session) importDataset(ctx context.Context, request api.ImportRequest) (d api.Dataset, p api.Problems, err error) {
	job, err := s.Import(ctx, request)
	if err != nil {
		return d, p, err
	}
	if _, err = s.follow(ctx, job); err != nil {
		return d, p, err
	}
	if d, err = s.Dataset(ctx, request.Name); err != nil {
		return d, p, err
	}
	p, err = s.Problems(ctx, request.Name)
	return d, p, err
}

func printDataset(c *call, d api.Dataset, p api.Problems) {
	fmt.Fprintf(c.stdout, "%s: %s, %s, from %s\n", d.Name, plural(d.Samples, "sample"), plural(len(d.Labels), "label"), d.Root)
	if len(d.Splits) > 0 {
		fmt.Fprintf(c.stdout, "splits: %s\n", countList(d.Splits))
	}
	if len(d.Labels) > 0 {
		fmt.Fprintf(c.stdout, "labels: %s\n", countList(d.Labels))
	}
	if len(d.Regions) > 0 {
		fmt.Fprintf(c.stdout, "regions: %s\n", strings.Join(d.Regions, ", "))
	}
	if d.Rotated > 0 {
		fmt.Fprintf(c.stdout, "%s with an EXIF orientation; most training code ignores it, so does Sightline unless the preprocessing says otherwise\n", plural(d.Rotated, "sample"))
	}
	printProblems(c, d, p)
}

// printColumns says which columns there are, and of which kind.
func printColumns(c *call, list []api.Column) {
	if len(list) == 0 {
		return
	}
	names := make([]string, len(list))
	for i, column := range list {
		names[i] = column.Name + " (" + column.Kind + ")"
	}
	fmt.Fprintf(c.stdout, "columns: %s\n", strings.Join(names, ", "))
}

func printProblems(c *call, d api.Dataset, p api.Problems) {
	for _, warning := range p.Warnings {
		fmt.Fprintf(c.stdout, "warning: %s\n", warning)
	}
	reasons := make([]string, len(p.Quarantined))
	for i, q := range p.Quarantined {
		reasons[i] = q.Path + ": " + q.Reason
	}
	printSome(c, "set aside, as it cannot be read", "set aside, as they cannot be read", reasons)
	printSome(c, "left out, as it is no image", "left out, as they are no images", p.Stray)
	printSome(c, "named, but not there", "named, but not there", p.Missing)
	printSome(c, "there, but not named", "there, but not named", p.Unlisted)
	printSome(c, "new", "new", p.Added)
	printSome(c, "moved, and recognised by its content", "moved, and recognised by their content", p.Moved)
	printSome(c, "back", "back", p.Returned)
	printSome(c, "with another label or split than is stored; the stored one stays (import under another --name to use the new one)",
		"with other labels or splits than are stored; the stored ones stay (import under another --name to use the new ones)", p.Relabelled)
	printSome(c, "gone since it was imported", "gone since they were imported", p.Gone)
	printSome(c, "changed since it was imported", "changed since they were imported", p.Changed)
	if d.Duplicates > 0 {
		fmt.Fprintf(c.stdout, "%s shared by several samples, %d of them with different labels; all count\n", plural(d.Duplicates, "content"), d.Conflicting)
	}
}

// printSome prints how many there are and the first few.
func printSome(c *call, one, several string, items []string) {
	const most = 5
	if len(items) == 0 {
		return
	}
	what := several
	if len(items) == 1 {
		what = one
	}
	fmt.Fprintf(c.stdout, "%s %s:\n", plural(len(items), "file"), what)
	for _, item := range items[:min(most, len(items))] {
		fmt.Fprintf(c.stdout, "  %s\n", item)
	}
	if len(items) > most {
		fmt.Fprintf(c.stdout, "  … and %d more (--json lists all)\n", len(items)-most)
	}
}

func countList(counts []api.Count) string {
	const most = 12
	var parts []string
	for _, n := range counts[:min(most, len(counts))] {
		name := n.Name
		if name == "" {
			name = "(none)"
		}
		parts = append(parts, fmt.Sprintf("%s %d", name, n.Count))
	}
	if len(counts) > most {
		parts = append(parts, fmt.Sprintf("… and %d more", len(counts)-most))
	}
	return strings.Join(parts, ", ")
}
