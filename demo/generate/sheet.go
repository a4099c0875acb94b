package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
)

// cell is the side of an image's place on a sheet, in pixels: the largest image and a margin.
const cell = 224 + 8

// writeSheet writes a PNG with the first images of each class of a dataset's test split: one row per class.
func writeSheet(file, dataset string, columns int) error {
	folders, err := filepath.Glob(filepath.Join(dataset, "test", "*"))
	if err != nil || len(folders) == 0 {
		return fmt.Errorf("no classes below %s: %w", filepath.Join(dataset, "test"), err)
	}
	sheet := image.NewRGBA(image.Rect(0, 0, columns*cell, len(folders)*cell))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	for row, folder := range folders {
		names, err := filepath.Glob(filepath.Join(folder, "*.jpg"))
		if err != nil {
			return fmt.Errorf("listing %s: %w", folder, err)
		}
		for column, name := range names[:min(columns, len(names))] {
			if err := place(sheet, name, image.Pt(column*cell, row*cell)); err != nil {
				return err
			}
		}
	}
	out, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("writing a sheet: %w", err)
	}
	if err := png.Encode(out, sheet); err != nil {
		return fmt.Errorf("writing the sheet %s: %w", file, err)
	}
	return out.Close()
}

// place draws an image file in the middle of its cell.
func place(sheet *image.RGBA, name string, at image.Point) error {
	in, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading an image for a sheet: %w", err)
	}
	defer in.Close()
	decoded, err := jpeg.Decode(in)
	if err != nil {
		return fmt.Errorf("decoding %s: %w", name, err)
	}
	size := decoded.Bounds().Size()
	corner := at.Add(image.Pt((cell-size.X)/2, (cell-size.Y)/2))
	draw.Draw(sheet, image.Rectangle{corner, corner.Add(size)}, decoded, decoded.Bounds().Min, draw.Src)
	return nil
}
