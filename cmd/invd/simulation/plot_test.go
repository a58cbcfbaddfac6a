package simulation

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSummariesAreMeansAndWorstCases(t *testing.T) {
	all := Summarise([]Result{
		{Policy: "a", Fresh: 0.4, Fullest: 3, Schedules: []ScheduleResult{{Name: "s", MaxAge: 5}}, Hours: []Hour{{2, 1}}},
		{Policy: "b", Fresh: 0.1},
		{Policy: "a", Fresh: 0.6, Fullest: 2, Schedules: []ScheduleResult{{Name: "s", MaxAge: 7, Never: true}}, Hours: []Hour{{2, 2}}},
	})
	if len(all) != 2 || all[0].Policy != "a" || all[1].Policy != "b" || len(all[0].Runs) != 2 {
		t.Fatalf("Summarise = %+v", all)
	}
	want := Result{
		Policy: "a", Fresh: 0.5, Fullest: 3, Schedules: []ScheduleResult{{Name: "s", MaxAge: 7, Never: true}}, Hours: []Hour{{4, 3}},
	}
	if diff := cmp.Diff(want, all[0].Mean); diff != "" {
		t.Errorf("mean (-want +got):\n%s", diff)
	}
	if s := all[0]; s.LeastFresh != 0.4 || s.MostFresh != 0.6 {
		t.Errorf("from %g to %g, want 0.4 to 0.6", s.LeastFresh, s.MostFresh)
	}
}

func TestThePlotIsXMLWithACurveForEachPolicy(t *testing.T) {
	hours := make([]Hour, 48)
	for i := range hours {
		hours[i] = Hour{Reads: 10, Fresh: i % 10}
	}
	var b strings.Builder
	if err := Plot(&b, []Summary{{Policy: "one", Mean: Result{Hours: hours}}, {Policy: "two", Mean: Result{Hours: hours}}}); err != nil {
		t.Fatal(err)
	}
	curves := 0
	for d := xml.NewDecoder(strings.NewReader(b.String())); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "polyline" {
			curves++
		}
	}
	if curves != 2 {
		t.Errorf("%d curves, want 2", curves)
	}
}
