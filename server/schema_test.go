package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/client"
	"github.com/sightline/sightline/server"
	"github.com/sightline/sightline/server/api"
)

// What the server answers is what its description promises: no field is
// missing, unknown, or null where it must not be.
func TestAnswersFitTheirDescription(t *testing.T) {
	s, c := evaluated(t)
	addOld(t, c)
	_, err := c.Mark(t.Context(), "colours~net", api.MarkRequest{Kind: "tag", Value: "first", Author: "ann"})
	must(t, err)
	_, err = c.SaveSlice(t.Context(), "colours~net", api.SaveSliceRequest{Name: "first ones", Slice: "tag=first", Author: "ann"})
	must(t, err)
	chosen := selected(t, s, "colours~net", api.SelectRequest{Slice: "tag=first"})
	list, err := c.Samples(t.Context(), "colours~net", "", "", 0, 1)
	must(t, err)
	jobs, err := c.Jobs(t.Context())
	must(t, err)
	evaluation := "/api/evaluations/colours~net"
	answers := map[string]string{
		"/api/status":                                 "/api/status",
		"/api/docs":                                   "/api/docs",
		"/api/docs/{topic}":                           "/api/docs/saliency",
		"/api/names":                                  "/api/names",
		"/api/datasets":                               "/api/datasets",
		"/api/datasets/{name}":                        "/api/datasets/colours",
		"/api/datasets/{name}/hash":                   "/api/datasets/colours/hash",
		"/api/datasets/{name}/problems":               "/api/datasets/colours/problems",
		"/api/datasets/{name}/declarations":           "/api/datasets/colours/declarations",
		"/api/datasets/{name}/dismissals":             "/api/datasets/colours/dismissals",
		"/api/datasets/{name}/tags":                   "/api/datasets/colours/tags",
		"/api/datasets/{name}/slices":                 "/api/datasets/colours/slices",
		"/api/datasets/{name}/selections/{selection}": "/api/datasets/colours/selections/" + chosen.ID,
		"/api/evaluations/{id}/sides":                 evaluation + "/sides?of=label%3D0&of=tag%3Dfirst",
		"/api/evaluations/{id}/slices":                evaluation + "/slices",
		"/api/datasets/{name}/marks":                  "/api/datasets/colours/marks",
		"/api/evaluations/{id}/space":                 evaluation + "/space",
		"/api/datasets/{name}/columns":                "/api/datasets/colours/columns",
		"/api/evaluations/{id}/groups":                evaluation + "/groups?by=weather",
		"/api/evaluations/{id}/tags":                  evaluation + "/tags?correct=false",
		"/api/models":                                 "/api/models",
		"/api/models/{name}":                          "/api/models/net",
		"/api/evaluations":                            "/api/evaluations",
		"/api/evaluations/{id}":                       evaluation,
		"/api/evaluations/{id}/confusions":            evaluation + "/confusions",
		"/api/evaluations/{id}/failures":              evaluation + "/failures",
		"/api/evaluations/{id}/curve/{class}":         evaluation + "/curve/1",
		"/api/evaluations/{id}/figures":               evaluation + "/figures?threshold=0.5",
		"/api/evaluations/{id}/histogram":             evaluation + "/histogram",
		"/api/evaluations/{id}/samples":               evaluation + "/samples?label=0",
		"/api/evaluations/{id}/samples/{sample}":      evaluation + "/samples/" + itoa(list.Samples[0].ID),
		"/api/methods":                                "/api/methods",
		"/api/exports":                                "/api/exports",
		"/api/jobs":                                   "/api/jobs",
		"/api/workers":                                "/api/workers",
		"/api/jobs/{id}":                              "/api/jobs/" + jobs[0].ID,
		"/api/datasets/{name}/probe/{model}":          "/api/datasets/colours/probe/net",
		"/api/evaluations/{id}/probe":                 evaluation + "/probe",
		"/api/datasets/{name}/removal":                "/api/datasets/colours/removal",
		"/api/models/{name}/removal":                  "/api/models/net/removal",
		"/api/evaluations/{id}/removal":               evaluation + "/removal",
	}
	sample := evaluation + "/samples/" + itoa(list.Samples[0].ID)
	for _, method := range []string{"gradient", "occlusion"} {
		_, _, err := c.Map(t.Context(), "colours~net", list.Samples[0].ID, client.MapQuery{Method: method})
		must(t, err)
	}
	for path, address := range map[string]string{
		"/api/evaluations/{id}/shares":                       evaluation + "/shares?method=gradient&method=occlusion&target=predicted&sort=path",
		"/api/evaluations/{id}/comparison":                   evaluation + "/comparison?before=colours~old&method=occlusion",
		"/api/evaluations/{id}/comparison/cells":             evaluation + "/comparison/cells?before=colours~old",
		"/api/evaluations/{id}/samples/{sample}/counterpart": sample + "/counterpart?before=colours~old",
		"/api/evaluations/{id}/look":                         evaluation + "/look?method=occlusion",
		"/api/evaluations/{id}/reasons":                      evaluation + "/reasons?before=colours~old&method=occlusion",
		"/api/evaluations/{id}/hiding":                       evaluation + "/hiding",
		"/api/evaluations/{id}/meanmap":                      evaluation + "/meanmap?method=occlusion&by=cell",
		"/api/evaluations/{id}/findings":                     evaluation + "/findings",
		"/api/evaluations/{id}/findings/pairs":               evaluation + "/findings/pairs?key=leak/near",
		"/api/evaluations/{id}/concepts":                     evaluation + "/concepts",
		"/api/evaluations/{id}/automatic":                    evaluation + "/automatic",
		"/api/evaluations/{id}/unfit":                        evaluation + "/unfit",
		"/api/evaluations/{id}/layers":                       evaluation + "/layers",
		"/api/evaluations/{id}/randomisation":                evaluation + "/randomisation?method=gradient",
		"/api/evaluations/{id}/samples/{sample}/trust":       sample + "/trust?method=gradient",
		"/api/evaluations/{id}/samples/{sample}/maps":        sample + "/maps",
		"/api/evaluations/{id}/next":                         evaluation + "/next?label=blue",
		"/api/evaluations/{id}/samples/{sample}/similar":     sample + "/similar",
		"/api/evaluations/{id}/samples/{sample}/agreement":   sample + "/agreement",
		"/api/evaluations/{id}/samples/{sample}/cell":        sample + "/cell?box=0,0,4,4",
	} {
		answers[path] = address
	}
	description := server.Describe()
	for path, item := range description.Paths {
		if item.Get == nil || item.Get.Responses["200"].Content["application/json"] == nil {
			continue
		}
		address, ok := answers[path]
		if !ok {
			t.Errorf("no answer of %s is looked at", path)
			continue
		}
		_, _, body := request(t, "GET", s.URL()+address, "")
		var value any
		must(t, json.Unmarshal([]byte(body), &value))
		result := &huma.ValidateResult{}
		schema := item.Get.Responses["200"].Content["application/json"].Schema
		huma.Validate(description.Components.Schemas, schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, value, result)
		for _, problem := range result.Errors {
			t.Errorf("%s: %v", address, problem)
		}
	}
}

// selected is a selection that is made as the browser makes it.
func selected(t *testing.T, s *server.Server, evaluation string, r api.SelectRequest) (made api.Selection) {
	t.Helper()
	body, err := json.Marshal(r)
	must(t, err)
	response, err := http.Post(s.URL()+"/api/evaluations/"+evaluation+"/selections", "application/json", bytes.NewReader(body))
	must(t, err)
	defer response.Body.Close()
	must(t, json.NewDecoder(response.Body).Decode(&made))
	return made
}
