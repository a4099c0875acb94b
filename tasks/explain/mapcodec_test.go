package explain

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/sightline/sightline/attribution"
	"github.com/sightline/sightline/imaging"
	"github.com/sightline/sightline/maps"
	"github.com/sightline/sightline/regions"
)

func TestFramesSurviveTheWay(t *testing.T) {
	m := &attribution.Map{Width: 2, Height: 1, Values: []float32{-1.5, float32(math.Inf(1))}, Method: "rise", Geometry: imaging.Geometry{InputWidth: 2}}
	shares := &maps.StoredShares{Revision: 3, Shares: regions.Shares(m, nil, 20, 10)}
	whole := Frame{attribution.Snapshot{Map: m, Done: 7, Total: 9}, true, shares}.Encode()
	got, err := DecodeFrame(whole)
	if err != nil || !got.Final || got.Done != 7 || got.Total != 9 || !reflect.DeepEqual(got.Shares, shares) {
		t.Errorf("got %+v, %v", got, err)
	}
	if m := got.Map; m.Method != "rise" || m.Values[0] != -1.5 || !math.IsInf(float64(m.Values[1]), 1) || m.Geometry.InputWidth != 2 {
		t.Errorf("got %+v", m)
	}
	if got, err := DecodeFrame(Frame{attribution.Snapshot{Map: m}, true, nil}.Encode()); err != nil || got.Shares != nil || got.Map.Values[0] != -1.5 {
		t.Errorf("without shares: %+v, %v", got, err)
	}
	if got, err := DecodeFrame(Frame{attribution.Snapshot{Done: 1, Total: 2}, false, nil}.Encode()); err != nil || got.Final || got.Map != nil || got.Done != 1 || got.Total != 2 {
		t.Errorf("without a map: %+v, %v", got, err)
	}
	endless := slices.Concat(whole[:9], []byte{255, 255, 255, 255}, whole[13:])
	swollen := slices.Concat(whole[:13], []byte{255, 255, 255, 255}, whole[17:])
	for _, bad := range [][]byte{nil, {1, 2}, whole[:12], whole[:30], endless, swollen, Frame{Final: true}.Encode(), Frame{Shares: shares}.Encode()} {
		if _, err := DecodeFrame(bad); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}
