-- What sightline sql shows: views over a copy of the workspace's tables (docs/sql.md). Names and types stay; the tables under them may change.
CREATE SCHEMA shown;

CREATE VIEW shown.datasets AS
	SELECT name AS dataset, root, created, updated FROM main.datasets;

CREATE VIEW shown.models AS
	SELECT name AS model, sha256, created FROM main.models;

CREATE VIEW shown.samples AS
	SELECT s.id AS sample, d.name AS dataset, s.path, l.name AS label, s.split, s.hash, s.bytes, s.format,
		CASE WHEN s.orientation > 4 THEN s.height ELSE s.width END AS width,
		CASE WHEN s.orientation > 4 THEN s.width ELSE s.height END AS height,
		s.orientation, s.problem, s.gone, s.changed, s.since
	FROM main.samples s JOIN main.datasets d ON d.id = s.dataset
	LEFT JOIN main.labels l ON l.dataset = s.dataset AND l.label = s.label;

CREATE VIEW shown.evaluations AS
	SELECT e.slug AS evaluation, d.name AS dataset, m.name AS model, e.state, e.planned, e.created, e.finished
	FROM main.evaluations e JOIN main.datasets d ON d.id = e.dataset JOIN main.models m ON m.id = e.model;

CREATE VIEW shown.classes AS
	SELECT e.slug AS evaluation, (unnest(range(len(e.names))))::INTEGER AS class, unnest(e.names) AS name
	FROM (SELECT slug, from_json(classes, '["VARCHAR"]') AS names FROM main.evaluations) e;

CREATE VIEW shown.predictions AS
	SELECT e.slug AS evaluation, p.sample, s.path, p.split, t.name AS label, c.name AS predicted,
		CASE WHEN p.truth >= 0 THEN p.truth = p.predicted END AS correct,
		p.confidence, p.truth_score AS label_score, p.truth_rank + 1 AS label_rank, p.loss, p.brier
	FROM main.predictions p JOIN main.evaluations e ON e.id = p.evaluation JOIN main.samples s ON s.id = p.sample
	LEFT JOIN shown.classes t ON t.evaluation = e.slug AND t.class = p.truth
	LEFT JOIN shown.classes c ON c.evaluation = e.slug AND c.class = p.predicted;

CREATE VIEW shown.best AS
	SELECT b.evaluation, b.sample, b.rank, c.name AS class, b.score
	FROM (SELECT e.slug AS evaluation, p.sample, unnest(range(1, len(p.top) + 1))::INTEGER AS rank, unnest(p.top) AS class, unnest(p.top_scores) AS score
		FROM main.predictions p JOIN main.evaluations e ON e.id = p.evaluation) b
	JOIN shown.classes c ON c.evaluation = b.evaluation AND c.class = b.class;

CREATE VIEW shown.failures AS
	SELECT e.slug AS evaluation, f.sample, s.path, f.reason
	FROM main.failures f JOIN main.evaluations e ON e.id = f.evaluation JOIN main.samples s ON s.id = f.sample;

CREATE VIEW shown.regions AS
	SELECT d.name AS dataset, r.sample, s.path, r.name AS region, r.kind, r.points, r.source
	FROM main.regions r JOIN main.datasets d ON d.id = r.dataset JOIN main.samples s ON s.id = r.sample;

CREATE VIEW shown.maps AS
	SELECT e.slug AS evaluation, m.sample, split_part(m.key, '~', 1) AS method, split_part(m.key, '~', 2) AS target, m.key AS settings,
		t.verdict, t.insertion, t.deletion, m.created
	FROM main.maps m JOIN main.evaluations e ON e.id = m.evaluation
	LEFT JOIN main.trusts t ON t.evaluation = m.evaluation AND t.sample = m.sample AND t.key = m.key
	WHERE NOT contains(m.key, '~~');

CREATE VIEW shown.shares AS
	SELECT e.slug AS evaluation, h.sample, split_part(h.key, '~', 1) AS method, split_part(h.key, '~', 2) AS target, h.key AS settings,
		h.region, h.builtin, h.share, h.area, h.negative, h.hottest
	FROM main.shares h JOIN main.evaluations e ON e.id = h.evaluation JOIN main.datasets d ON d.id = e.dataset
	WHERE NOT contains(h.key, '~~') AND h.revision % 1048576 = d.regions_revision;

CREATE VIEW shown.tags AS
	SELECT d.name AS dataset, m.sample, s.path, m.value AS tag
	FROM main.marks m JOIN main.datasets d ON d.id = m.dataset JOIN main.samples s ON s.id = m.sample AND s.hash = m.hash
	WHERE m.kind = 'tag';

CREATE VIEW shown.trials AS
	SELECT e.slug AS evaluation, t.stage, t.unit, t.sample, c.name AS class, t.region, t.place, t.fill, t.area
	FROM main.trials t JOIN main.evaluations e ON e.id = t.evaluation
	LEFT JOIN shown.classes c ON c.evaluation = e.slug AND c.class = t.class;

CREATE VIEW shown.declarations AS
	SELECT d.name AS dataset, n.class, n.region, n.word FROM main.declarations n JOIN main.datasets d ON d.id = n.dataset;
