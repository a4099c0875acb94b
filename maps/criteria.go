package maps

import (
	"context"
	"fmt"
	"strings"

	"github.com/sightline/sightline/regions"
	"github.com/sightline/sightline/results"
	"github.com/sightline/sightline/slice"
	"github.com/sightline/sightline/workspace"
)

// RegionsRevision is what shares must have been computed from where a dataset's regions have a
// revision: it tells of the built-in regions too; of the first ones the number is the dataset's.
func RegionsRevision(dataset int) int { return dataset + (regions.BuiltinRevision-1)<<20 }

// relation answers the criteria share(REGION), hottest and verdict: each reads the maps of one
// kind, so that methods and targets are never mixed. Shares of regions as they were do not count.
func (db *Store) relation(ctx context.Context, a results.Asked) (slice.Relation, error) {
	name, of := a.Term.Field.Name, a.Term.Of
	region := ""
	if name == "share" {
		region, of = of[0].Name, of[1:]
	}
	k, err := db.kindOf(ctx, a, of)
	if err != nil {
		return slice.Relation{}, err
	}
	which := []any{a.Evaluation, k.Key}
	if name == "verdict" {
		return slice.Relation{From: verdicts, Value: "verdict", Args: which}, nil
	}
	which = append(which, RegionsRevision(a.Regions))
	wanted := []string{region}
	if name == "hottest" {
		wanted = wanted[:0]
		for _, v := range a.Term.Values {
			wanted = append(wanted, v.Name)
		}
	}
	for _, region := range wanted {
		if err := db.hasRegion(ctx, name, region, k, which); err != nil {
			return slice.Relation{}, err
		}
	}
	if name == "hottest" {
		return slice.Relation{From: "(SELECT sample, region " + ofShares + " AND hottest)", Value: "region", Args: which}, nil
	}
	return slice.Relation{From: "(SELECT sample, share " + ofShares + " AND region = ?)", Value: "share", Args: append(which, region)}, nil
}

// ofShares are those of the maps of one kind.
const ofShares = "FROM shares WHERE evaluation = ? AND key = ? AND revision = ?"

// verdicts are those of the maps of one kind: a map without opinion is red without being
// assessed, and one whose trust is not known has none.
const verdicts = `(SELECT m.sample, coalesce(t.verdict, CASE WHEN coalesce(json_extract_string(m.meta, '$.degenerate'), '') <> '' THEN 'red' ELSE 'none' END) AS verdict
	FROM maps m LEFT JOIN trusts t ON t.evaluation = m.evaluation AND t.sample = m.sample AND t.key = m.key
	WHERE m.evaluation = ? AND m.key = ?)`

// Kind is the maps of one method and target, with the method's defaults.
type Kind struct {
	Key, Method, Target string
	Maps                int // how many are stored
}

func (k Kind) String() string { return fmt.Sprintf("%s of %s (%d stored)", k.Method, k.Target, k.Maps) }

// Kinds lists the kinds of which an evaluation has maps, the one with the most first.
func (db *Store) Kinds(ctx context.Context, evaluation string) ([]Kind, error) {
	number, err := results.Number(ctx, db.ws, evaluation)
	if err != nil {
		return nil, err
	}
	list, err := db.kinds(ctx, number)
	if err != nil {
		return nil, fmt.Errorf("listing the kinds of maps of %s: %w", evaluation, err)
	}
	return list, nil
}

// kinds lists those that an evaluation has, the one with the most maps first, and of equal ones
// the first by name.
func (db *Store) kinds(ctx context.Context, evaluation int) ([]Kind, error) {
	rows, err := db.ws.Query(ctx, `SELECT key, count(*) FROM maps WHERE evaluation = ? GROUP BY key ORDER BY count(*) DESC, key`, evaluation)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Kind
	for rows.Next() {
		var k Kind
		if err := rows.Scan(&k.Key, &k.Maps); err != nil {
			return nil, err
		}
		// A key is METHOD~TARGET~SEED, and ~NAME=VALUE for each setting that is not the default.
		if parts := strings.Split(k.Key, "~"); len(parts) == 3 && parts[2] == "0" {
			k.Method, k.Target = parts[0], parts[1]
			list = append(list, k)
		}
	}
	return list, rows.Err()
}

// MostStored is the method of which most maps of a target are stored, with its defaults; "" for none. Of two with as
// many it is the preferred one, if that is one of them.
func (db *Store) MostStored(ctx context.Context, evaluation, target, preferred string) (method string, err error) {
	list, err := db.Kinds(ctx, evaluation)
	if err != nil {
		return "", err
	}
	most := 0
	for _, k := range list {
		if k.Target == target && (method == "" || k.Maps == most && k.Method == preferred) {
			method, most = k.Method, k.Maps
		}
	}
	return method, nil
}

// kindOf is the kind of maps that a criterion speaks of: of the method and target in its
// arguments, or where they are left out of those of which most maps are stored.
func (db *Store) kindOf(ctx context.Context, a results.Asked, of []slice.Value) (Kind, error) {
	list, err := db.kinds(ctx, a.Evaluation)
	if err != nil {
		return Kind{}, fmt.Errorf("listing the kinds of maps: %w", err)
	}
	stored := make([]string, len(list))
	for i, k := range list {
		if (len(of) < 1 || of[0].Name == k.Method) && (len(of) < 2 || of[1].Name == k.Target) {
			return k, nil
		}
		stored[i] = k.String()
	}
	if len(list) == 0 {
		return Kind{}, mistake(a.Term.Field.Name, "needs maps, and none are stored: make them with sightline explain, or on the evaluation's page")
	}
	var asked []string
	for _, v := range of {
		asked = append(asked, v.Name)
	}
	return Kind{}, mistake(a.Term.Field.Name, "asks for maps of %s, and none are stored: there are %s", strings.Join(asked, ", "), strings.Join(stored, ", "))
}

// hasRegion is an error that lists the regions where no map of a kind is measured on this one.
func (db *Store) hasRegion(ctx context.Context, name, region string, k Kind, which []any) error {
	found, err := workspace.QueryAll[string](ctx, db.ws, `SELECT region `+ofShares+` AND region = ? LIMIT 1`, append(which[:3:3], region)...)
	if err != nil || len(found) > 0 {
		return err
	}
	all, err := workspace.QueryAll[string](ctx, db.ws, `SELECT region `+ofShares+` GROUP BY region ORDER BY min(place), region`, which...)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return mistake(name, "needs maps that are measured on the regions as they are now, and %s are not: sightline look measures them, and so does the evaluation's page", k)
	}
	return mistake(name, "is about %s: maps by %s are measured on %s", region, k, slice.ShortList(all))
}

func mistake(name, format string, args ...any) error {
	return &slice.Mistake{Name: name, Message: fmt.Sprintf(format, args...)}
}
