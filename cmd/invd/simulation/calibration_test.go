package simulation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTheCalibrationOfSeveralRunsIsThatOfAllTheirReads(t *testing.T) {
	one := func(reads int, estimated, right float64) Result {
		c := &Calibration{Bins: make([]CalibrationBin, calibrationBins), Brier: right}
		c.Bins[9] = CalibrationBin{Reads: reads, Estimated: estimated, True: right}
		return Result{Calibration: c}
	}
	got := pooled([]Result{one(100, 0.9, 1), one(300, 0.94, 0.8)})
	want := &Calibration{Bins: make([]CalibrationBin, calibrationBins), Brier: 0.85, Error: 0.08}
	want.Bins[9] = CalibrationBin{Reads: 400, Estimated: 0.93, True: 0.85}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("of two runs (-want +got):\n%s", diff)
	}
	if got := pooled([]Result{one(1, 1, 1), {}}); got != nil {
		t.Errorf("of a policy that estimates nothing: %+v, want none", got)
	}
}
