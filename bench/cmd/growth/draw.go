package main

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// printTable writes the points as a table of Markdown.
func printTable(w io.Writer, points []point) {
	head, rule := "| keys |", "| ---: |"
	for _, c := range columns {
		head += fmt.Sprintf(" %s, %s |", c.name, c.unit)
		rule += " ---: |"
	}
	fmt.Fprintf(w, "%s\n%s\n", head, rule)
	for _, p := range points {
		fmt.Fprintf(w, "| %d |", p.keys)
		for _, v := range p.values {
			fmt.Fprintf(w, " %s |", rounded(v))
		}
		fmt.Fprintln(w)
	}
}

// rounded keeps three figures.
func rounded(v float64) string {
	if v <= 0 {
		return "0"
	}
	digits := max(0, 2-int(math.Floor(math.Log10(v))))
	return fmt.Sprintf("%.*f", digits, v)
}

// The picture, in pixels.
const (
	width, height      = 900, 520
	left, top          = 70, 20
	plotWide, plotHigh = 530, 440
)

var colours = []string{"#4269d0", "#efb118", "#ff725c", "#6cc5b0", "#3ca951", "#97bbf5", "#a463f2", "#9c6b4e", "#ff8ab7", "#9498a0"}

// draw draws every column over the number of keys, both axes logarithmic: what
// grows as the keys do has the slope of the dotted line.
func draw(points []point) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", width, height)
	x := logScale(float64(points[0].keys), float64(points[len(points)-1].keys), left, left+plotWide)
	low, high := math.Inf(1), 0.0
	for _, p := range points {
		for _, v := range p.values {
			if v > 0 {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	low, high = math.Pow(10, math.Floor(math.Log10(low))), math.Pow(10, math.Ceil(math.Log10(high)))
	y := logScale(low, high, top+plotHigh, top)
	for v := low; v <= high*1.01; v *= 10 {
		fmt.Fprintf(&b, `<path d="M%d %.1fh%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n",
			left, y(v), plotWide, left-6, y(v)+4, label(v))
	}
	for _, p := range points {
		fmt.Fprintf(&b, `<path d="M%.1f %dv%d" stroke="#eee"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n",
			x(float64(p.keys)), top, plotHigh, x(float64(p.keys)), top+plotHigh+18, label(float64(p.keys)))
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">keys</text>`+"\n", left+plotWide/2, top+plotHigh+40)
	first, last := float64(points[0].keys), float64(points[len(points)-1].keys)
	fmt.Fprintf(&b, `<path d="M%.1f %.1fL%.1f %.1f" stroke="#999" stroke-dasharray="2 4"/>`+"\n", x(first), y(low*2), x(last), y(low*2*last/first))
	for i, c := range columns {
		var path strings.Builder
		for j, p := range points {
			command := "L"
			if j == 0 {
				command = "M"
			}
			fmt.Fprintf(&path, "%s%.1f %.1f", command, x(float64(p.keys)), y(max(p.values[i], low)))
		}
		colour, at := colours[i%len(colours)], top+16+22*i
		fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", path.String(), colour)
		fmt.Fprintf(&b, `<path d="M%d %dh20" stroke="%s" stroke-width="3"/><text x="%d" y="%d">%s, %s</text>`+"\n",
			left+plotWide+14, at, colour, left+plotWide+40, at+4, c.name, c.unit)
	}
	b.WriteString("</svg>\n")
	return b.String()
}

// logScale maps low to high onto the pixels from to to.
func logScale(low, high, from, to float64) func(float64) float64 {
	if high <= low {
		return func(float64) float64 { return (from + to) / 2 }
	}
	return func(v float64) float64 { return from + (to-from)*math.Log(v/low)/math.Log(high/low) }
}

func label(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.3g M", v/1e6)
	case v >= 1e3:
		return fmt.Sprintf("%.3g k", v/1e3)
	}
	return fmt.Sprintf("%.3g", v)
}
