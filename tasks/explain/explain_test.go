package explain

import (
	"encoding/json"
	"testing"
)

// Jobs of earlier versions have a filter in place of a slice, and may name one map.
func TestJobsOfEarlierVersionsAreRead(t *testing.T) {
	for params, want := range map[string]string{
		`{"filter":{"Evaluation":"a~b","Split":"","Threshold":0,"Label":null,"Predicted":null,"Correct":null,"MinConfidence":null,"MaxConfidence":null,
			"ScoreClass":null,"MinScore":null,"MaxScore":null,"Text":""},"sort":"path","limit":6,"maps":[{"method":"rise"}]}`: "",
		`{"filter":{"Evaluation":"a~b","Split":"test","Threshold":0.5,"Label":2,"Predicted":-1,"Correct":false,"MinConfidence":0.25,"MaxConfidence":1,
			"ScoreClass":3,"MinScore":0.1,"MaxScore":null,"Text":"a,b"},"sort":"path","limit":6,"method":"rise","target":"true"}`: "label=2&predicted=-1&correct=false&confidence=0.25-1&score(3)=0.1-&q=a%2Cb&split=test&threshold=0.5",
		`{"evaluation":"a~b","slice":"label=2&predicted=0","sort":"path","limit":6,"maps":[{"method":"rise"}]}`: "label=2&predicted=0",
	} {
		p, err := parseExplain(json.RawMessage(params))
		if err != nil || p.Evaluation != "a~b" || p.Slice.String() != want || p.Sort != "path" || p.Limit != 6 || p.Maps[0].Method != "rise" {
			t.Errorf("%s is read as %+v (%v), want the slice %q", params, p, err, want)
		}
	}
	if _, err := parseExplain(json.RawMessage(`{"evaluation":"a~b","slice":"labl=2","maps":[{}]}`)); err == nil {
		t.Error("a slice with a mistake is read")
	}
}
