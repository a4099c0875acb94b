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

// cell is the side of a picture's place on a sheet, in pixels: the largest picture and a margin.
const cell = 224 + 8

// writeSheet writes a PNG with the first pictures of each class of a dataset's test split: a row a class.
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

// place draws a picture file in the middle of its cell.
func place(sheet *image.RGBA, name string, at image.Point) error {
	in, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("reading a picture for a sheet: %w", err)
	}
	defer in.Close()
	picture, err := jpeg.Decode(in)
	if err != nil {
		return fmt.Errorf("decoding %s: %w", name, err)
	}
	size := picture.Bounds().Size()
	corner := at.Add(image.Pt((cell-size.X)/2, (cell-size.Y)/2))
	draw.Draw(sheet, image.Rectangle{corner, corner.Add(size)}, picture, picture.Bounds().Min, draw.Src)
	return nil
}
