// Command notices writes THIRD_PARTY_NOTICES.txt: the licence of everything
// that is linked into, or embedded in, the sightline binary. With -check it
// fails, instead, if a linked module is missing from the file.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

const target = "THIRD_PARTY_NOTICES.txt"

// A component is one third-party work and the folder its licence text is in.
type component struct{ name, version, dir string }

func main() {
	log.SetFlags(0)
	log.SetPrefix("notices: ")
	check := flag.Bool("check", false, "only check that every linked module is listed")
	flag.Parse()
	modules, err := linkedModules()
	if err != nil {
		log.Fatal(err)
	}
	if *check {
		err = checkListed(modules)
	} else {
		err = write(append(modules, embeddedPackages()...))
	}
	if err != nil {
		log.Fatal(err)
	}
}

func linkedModules() ([]component, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=Module", "./cmd/sightline")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	type pkg struct {
		Module *struct {
			Path, Version, Dir string
			Main               bool
		}
	}
	seen := map[string]component{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var p pkg
		if err := dec.Decode(&p); err != nil {
			return nil, err
		}
		if p.Module != nil && !p.Module.Main {
			seen[p.Module.Path] = component{p.Module.Path, p.Module.Version, p.Module.Dir}
		}
	}
	var list []component
	for _, c := range seen {
		list = append(list, c)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
	return list, nil
}

// embeddedPackages are the npm packages whose files end up in the binary.
func embeddedPackages() []component {
	var list []component
	for _, dir := range []string{"native/node_modules/onnxruntime-node", "native/node_modules/@img/sharp-libvips-linux-x64", "ui/node_modules/svelte", "ui/node_modules/clsx"} {
		data, err := os.ReadFile(filepath.Join(dir, "package.json"))
		if err != nil {
			continue
		}
		var meta struct{ Name, Version string }
		if json.Unmarshal(data, &meta) == nil {
			list = append(list, component{meta.Name, meta.Version, dir})
		}
	}
	return list
}

func checkListed(modules []component) error {
	text, err := os.ReadFile(target)
	if err != nil {
		return err
	}
	for _, m := range modules {
		if !bytes.Contains(text, []byte("\n"+m.name+" "+m.version+"\n")) {
			return fmt.Errorf("%s %s is linked but not in %s: run `make notices`", m.name, m.version, target)
		}
	}
	return nil
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice)`)

func write(list []component) error {
	var out bytes.Buffer
	out.WriteString(preamble)
	for _, c := range list {
		fmt.Fprintf(&out, "\n%s\n%s %s\n%s\n", strings.Repeat("=", 78), c.name, c.version, strings.Repeat("-", 78))
		texts := licenceTexts(c.dir)
		if len(texts) == 0 {
			texts = []string{fallback[c.name]}
		}
		if texts[0] == "" {
			return fmt.Errorf("no licence text found for %s in %s", c.name, c.dir)
		}
		for _, t := range texts {
			out.WriteString(strings.TrimSpace(t) + "\n")
		}
	}
	return os.WriteFile(target, out.Bytes(), 0o644)
}

func licenceTexts(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var texts []string
	for _, e := range entries {
		if e.IsDir() || !licenceName.MatchString(e.Name()) {
			continue
		}
		if data, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil {
			texts = append(texts, string(data))
		}
	}
	return texts
}

const preamble = `Third-party software in the sightline binary
=============================================

Sightline itself is licensed under the Apache License 2.0 (file LICENSE).
The binary links the Go modules below and embeds ONNX Runtime, libvips with its
dependencies, and the web interface's libraries. Regenerate with "make notices".

libvips and some of its dependencies are used under the GNU Lesser General
Public License, version 3. They are not linked: the shared library is extracted
to the user's cache folder and loaded at run time, so that it can be replaced.
Its source is published by the libvips and sharp-libvips projects; the texts of
the licence are at https://www.gnu.org/licenses/lgpl-3.0.txt and
https://www.gnu.org/licenses/gpl-3.0.txt, and on Debian in
/usr/share/common-licenses/LGPL-3 and GPL-3.
`

// fallback holds the terms of packages that ship no licence file of their own.
var fallback = map[string]string{
	"onnxruntime-node": `MIT License

Copyright (c) Microsoft Corporation

` + mit,
	"@img/sharp-libvips-linux-x64": `LGPL-3.0-or-later. The library contains, under these terms:
aom (BSD 2-Clause and Alliance for Open Media Patent License 1.0), cairo (MPL 1.1),
cgif (MIT), expat (MIT), fontconfig (BSD-like), freetype (FreeType License),
fribidi (LGPLv3), glib (LGPLv3), harfbuzz (MIT), highway (BSD 3-Clause), lcms (MIT),
libarchive (BSD 2-Clause), libexif (LGPLv3), libffi (MIT), libheif (LGPLv3),
libimagequant (BSD 2-Clause), libnsgif (MIT), libpng (libpng License),
librsvg (LGPLv3), libtiff (BSD-like), libultrahdr (MIT), libvips (LGPLv3),
libwebp (BSD 3-Clause), libxml2 (MIT), mozjpeg (zlib, IJG and BSD 3-Clause; this
software is based in part on the work of the Independent JPEG Group), pango
(LGPLv3), pixman (MIT), proxy-libintl (LGPLv3), zlib-ng (zlib License).
Use under the LGPLv3 is by the "any later version" clause where a library names
the LGPLv2 or LGPLv2.1.`,
}

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`
