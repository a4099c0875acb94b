// Command montage puts the overlays that `sightline explain --trust` wrote side by
// side: a row per image, a column per method, captioned with method and verdict, for
// a person to look at.
//
//	montage DIR OUT.png     DIR holds index.json and the overlays
package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"log"
	"os"
	"path/filepath"
	"slices"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// Sizes in pixels.
const (
	side    = 220 // of an image's square
	caption = 30
	gap     = 6
)

type entry struct {
	Path, Overlay, Method, Target, Verdict, Degenerate string
	Name                                               string `json:"target_name"`
}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: montage DIR OUT.png, where DIR is what `sightline explain --trust --out DIR` wrote")
	}
	if err := montage(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func montage(dir, out string) error {
	data, err := os.ReadFile(filepath.Join(dir, "index.json"))
	if err != nil {
		return fmt.Errorf("read the index of maps: %w", err)
	}
	var entries []entry
	if err := json.Unmarshal(data, &entries); err != nil {
		return fmt.Errorf("read the index of maps: %w", err)
	}
	var rows, columns []string
	for _, e := range entries {
		rows, columns = add(rows, e.Path), add(columns, e.Method+" "+e.Target)
	}
	sheet := image.NewRGBA(image.Rect(0, 0, gap+len(columns)*(side+gap), gap+len(rows)*(side+caption+gap)))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for _, e := range entries {
		at := image.Pt(gap+slices.Index(columns, e.Method+" "+e.Target)*(side+gap), gap+slices.Index(rows, e.Path)*(side+caption+gap))
		if err := place(sheet, at, dir, e); err != nil {
			return err
		}
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer f.Close()
	return png.Encode(f, sheet)
}

func add(list []string, word string) []string {
	if slices.Contains(list, word) {
		return list
	}
	return append(list, word)
}

// colours of the verdicts; grey where a map was not assessed.
var colours = map[string]color.RGBA{"green": {0, 120, 0, 255}, "amber": {190, 110, 0, 255}, "red": {190, 0, 0, 255}, "": {90, 90, 90, 255}}

// place draws one overlay with its caption.
func place(sheet *image.RGBA, at image.Point, dir string, e entry) error {
	verdict := e.Verdict
	if e.Overlay == "" {
		verdict = "red: " + e.Degenerate
	} else if err := scaled(sheet, at.Add(image.Pt(0, caption)), filepath.Join(dir, e.Overlay)); err != nil {
		return err
	}
	text(sheet, at.Add(image.Pt(0, 12)), e.Method+"  "+verdict, colours[e.Verdict])
	text(sheet, at.Add(image.Pt(0, 26)), e.Target+": "+e.Name, colours[""])
	return nil
}

// scaled draws a file into a square.
func scaled(sheet *image.RGBA, at image.Point, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	im, err := png.Decode(f)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	b := im.Bounds()
	w, h := side*b.Dx()/max(b.Dx(), b.Dy()), side*b.Dy()/max(b.Dx(), b.Dy())
	xdraw.ApproxBiLinear.Scale(sheet, image.Rectangle{at, at.Add(image.Pt(w, h))}, im, b, draw.Src, nil)
	return nil
}

// text writes as much as fits over one image.
func text(sheet *image.RGBA, at image.Point, words string, c color.Color) {
	if most := side / 7; len([]rune(words)) > most {
		words = string([]rune(words)[:most])
	}
	d := font.Drawer{Dst: sheet, Src: image.NewUniform(c), Face: basicfont.Face7x13, Dot: fixed.P(at.X, at.Y)}
	d.DrawString(words)
}
