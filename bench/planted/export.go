package main

import (
	"image/png"
	"os"
	"path/filepath"
	"strings"
)

// export writes a model and its photos for the product.
func (s *subject) export(dir, name string) error {
	dir = filepath.Join(dir, name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	model, err := s.base.withHead(s.head)
	if err != nil {
		return err
	}
	for file, content := range map[string][]byte{
		"model.onnx": model, "labels.txt": []byte(strings.Join(s.base.classes, "\n") + "\n"),
		"preprocessor_config.json": []byte(s.base.preprocessing),
	} {
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o644); err != nil {
			return err
		}
	}
	for _, p := range s.photos {
		if err := s.exportPhoto(filepath.Join(dir, "images", s.base.classes[p.class]), p); err != nil {
			return err
		}
	}
	return nil
}

func (s *subject) exportPhoto(folder string, p photo) error {
	im, err := s.base.image(p.file)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	path, mark, _ := strings.Cut(p.file, plantMark)
	file, err := os.Create(filepath.Join(folder, strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))+mark+".png"))
	if err != nil {
		return err
	}
	if err := png.Encode(file, im.NRGBA()); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
