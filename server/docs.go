package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sightline/sightline/docs"
	"github.com/sightline/sightline/server/api"
	"github.com/sightline/sightline/server/route"
)

type documentQuery struct {
	Topic string `path:"topic"`
}

func (b *backend) documentRoutes(a huma.API) {
	route.JSON(a, "GET /api/docs", "list-documents", "List the documents of this version", b.documents)
	route.JSON(a, "GET /api/docs/{topic}", "get-document", "A document as the inside of a page", b.document)
}

func (b *backend) documents(context.Context, *route.None) (api.DocumentList, error) {
	list := api.DocumentList{}
	for _, topic := range docs.Topics() {
		text, err := docs.Read(topic)
		if err != nil {
			return list, err
		}
		list.Documents = append(list.Documents, api.DocumentTitle{Topic: topic, Title: docs.Title(text)})
	}
	return list, nil
}

func (b *backend) document(_ context.Context, in *documentQuery) (api.Document, error) {
	page, err := docs.HTML(in.Topic)
	if errors.Is(err, fs.ErrNotExist) {
		return api.Document{}, route.NotFound(fmt.Errorf("there is no document %q: choose one of %s", in.Topic, strings.Join(docs.Topics(), ", ")))
	}
	if err != nil {
		return api.Document{}, err
	}
	text, err := docs.Read(in.Topic)
	return api.Document{Topic: in.Topic, Title: docs.Title(text), HTML: page}, err
}
