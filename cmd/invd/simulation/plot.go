package simulation

import (
	"fmt"
	"io"
	"strings"
)

// Of the plot, in its own units.
const (
	plotWidth, plotHeight = 720, 360
	plotLeft, plotTop     = 50, 30
	plotRight, plotBottom = 110, 40
	plotHours             = 6 // that one point of a curve sums up
)

// plotColours are those of the curves, which can be told apart by people who do not
// see red or green (Okabe and Ito).
var plotColours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"}

// Plot writes an SVG of the share of reads that were fresh, over the days, a curve
// for each policy.
func Plot(w io.Writer, all []Summary) error {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(&b, `<text x="%d" y="18">reads that equal the partner's truth, of %d hours each, %%</text>`+"\n", plotLeft, plotHours)
	for percent := 0; percent <= 100; percent += 20 {
		y := plotY(float64(percent) / 100)
		fmt.Fprintf(&b, `<path d="M%d %.1fH%d" stroke="#dddddd"/><text x="%d" y="%.1f" text-anchor="end">%d</text>`+"\n",
			plotLeft, y, plotWidth-plotRight, plotLeft-6, y+4, percent)
	}
	if len(all) > 0 {
		hours := len(all[0].Mean.Hours)
		for d := 0; d*24 <= hours; d++ {
			x := plotX(d*24, hours)
			fmt.Fprintf(&b, `<path d="M%.1f %dV%d" stroke="#dddddd"/><text x="%.1f" y="%d" text-anchor="middle">day %d</text>`+"\n",
				x, plotTop, plotHeight-plotBottom, x, plotHeight-plotBottom+18, d)
		}
	}
	for i, s := range all {
		plotCurve(&b, s, plotColours[i%len(plotColours)], plotTop+20*i)
	}
	b.WriteString("</svg>\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// plotCurve draws one policy and names it beside the plot.
func plotCurve(b *strings.Builder, s Summary, colour string, y int) {
	var points []string
	hours := s.Mean.Hours
	for from := 0; from+plotHours <= len(hours); from += plotHours {
		var sum Hour
		for _, h := range hours[from : from+plotHours] {
			sum.Reads += h.Reads
			sum.Fresh += h.Fresh
		}
		if sum.Reads > 0 {
			points = append(points, fmt.Sprintf("%.1f,%.1f", plotX(from+plotHours/2, len(hours)), plotY(share(sum.Fresh, sum.Reads))))
		}
	}
	fmt.Fprintf(b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(points, " "), colour)
	x := plotWidth - plotRight + 10
	fmt.Fprintf(b, `<path d="M%d %dh16" stroke="%s" stroke-width="2"/><text x="%d" y="%d">%s</text>`+"\n", x, y, colour, x+22, y+4, s.Policy)
}

func plotX(hour, hours int) float64 {
	return plotLeft + float64(plotWidth-plotLeft-plotRight)*float64(hour)/float64(hours)
}

func plotY(share float64) float64 {
	return plotTop + float64(plotHeight-plotTop-plotBottom)*(1-share)
}
