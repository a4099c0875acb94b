-- The tables of a workspace, at SchemaVersion. There are no primary keys on the large
-- tables: DuckDB's index would live in memory and slow the ingest, and the one
-- writer replaces rows by (evaluation, chunk) instead.

CREATE TABLE meta (key VARCHAR, value VARCHAR);

CREATE SEQUENCE dataset_ids;
CREATE SEQUENCE sample_ids;
CREATE SEQUENCE model_ids;
CREATE SEQUENCE evaluation_ids;

CREATE TABLE datasets (
	id INTEGER, name VARCHAR, root VARCHAR, layout VARCHAR,
	source VARCHAR,                 -- JSON of dataset.Source: how to import again
	created TIMESTAMPTZ, updated TIMESTAMPTZ
);

-- label: index in the data set's own list; each import appends its new names, sorted.
CREATE TABLE labels (dataset INTEGER, label INTEGER, name VARCHAR);

CREATE TABLE samples (
	id BIGINT, dataset INTEGER,
	path VARCHAR,                   -- relative to the root, with slashes; absolute if outside it
	label INTEGER,                  -- NULL: no label
	split VARCHAR,                  -- '' if the data set has none
	hash VARCHAR,                   -- xxh3-128 of the file's bytes, hexadecimal; '' if unreadable
	bytes BIGINT, format VARCHAR,
	width INTEGER, height INTEGER,  -- as stored in the file, before EXIF orientation
	orientation UTINYINT,           -- EXIF 1..8
	problem VARCHAR,                -- why it is quarantined; '' if it is fine
	gone BOOLEAN,                   -- not there at the last import
	changed BOOLEAN,                -- other bytes than at the first import
	since TIMESTAMPTZ               -- when an import first saw these bytes under this path
);

CREATE TABLE regions (
	dataset INTEGER, sample BIGINT, name VARCHAR,
	kind VARCHAR,                   -- box, polygon
	points DOUBLE[],                -- x,y,… in displayed pixels; a box is its two corners
	source VARCHAR
);

-- What an import saw besides samples: stray, missing, unlisted, warning.
CREATE TABLE remarks (dataset INTEGER, kind VARCHAR, path VARCHAR, detail VARCHAR);

CREATE TABLE models (id INTEGER, name VARCHAR, sha256 VARCHAR, spec VARCHAR, created TIMESTAMPTZ);

CREATE TABLE evaluations (
	id INTEGER, slug VARCHAR, dataset INTEGER, model INTEGER, job VARCHAR,
	state VARCHAR, classes VARCHAR, splits VARCHAR, -- JSON lists of names
	spec VARCHAR,                   -- the model's specification it was made with
	matching VARCHAR,               -- JSON: how labels became classes, and what did not match
	planned BIGINT,                 -- samples to evaluate
	created TIMESTAMPTZ, finished TIMESTAMPTZ
);

-- class of a label of the data set, in this evaluation.
CREATE TABLE evaluation_labels (evaluation INTEGER, label INTEGER, class INTEGER);

-- The list a job works through, fixed when it is planned.
CREATE TABLE job_items (job VARCHAR, item BIGINT, sample BIGINT);

CREATE TABLE predictions (
	evaluation INTEGER, chunk INTEGER, row INTEGER,
	sample BIGINT, split VARCHAR,
	truth INTEGER,                  -- class index; -1: no label, or one that is no class
	predicted INTEGER,              -- class with the largest logit
	confidence FLOAT,               -- its score
	truth_score FLOAT,              -- score of the true class, NULL without one
	truth_rank INTEGER,             -- classes that stand before the true one, NULL without one
	loss DOUBLE,                    -- -ln of the true class's score, from the logits where known, NULL without one
	log_loss DOUBLE,                -- the same from the rounded score, as metrics.LogLoss
	brier DOUBLE,                   -- as metrics.Brier
	top INTEGER[], top_scores FLOAT[] -- best five, best first
);

-- chunk numbers the blocks of an evaluation; (job, seq) is the chunk of the job that made it.
CREATE TABLE blocks (
	evaluation INTEGER, chunk INTEGER, job VARCHAR, seq INTEGER,
	file VARCHAR, samples INTEGER, classes INTEGER, embedding INTEGER, created TIMESTAMPTZ
);

-- Samples an evaluation could not predict.
CREATE TABLE failures (evaluation INTEGER, chunk INTEGER, sample BIGINT, reason VARCHAR);

-- Areas under the curves of each class, kept because they read every score.
CREATE TABLE class_areas (evaluation INTEGER, split VARCHAR, class INTEGER, positives BIGINT, average_precision DOUBLE, roc_auc DOUBLE);

CREATE TABLE packs (pack VARCHAR, kind VARCHAR, items INTEGER, bytes BIGINT);
CREATE TABLE thumbnails (hash VARCHAR, pack VARCHAR, pos BIGINT, length BIGINT);
CREATE TABLE maps (
	evaluation INTEGER, sample BIGINT, key VARCHAR, -- key: method, target, seed and options
	meta VARCHAR, pack VARCHAR, pos BIGINT, length BIGINT, created TIMESTAMPTZ
);

-- What a map is worth, by insertion and deletion; content is the JSON of trust.Trust.
CREATE TABLE trusts (
	evaluation INTEGER, sample BIGINT, key VARCHAR, -- of the map
	verdict VARCHAR,                -- green, amber, red
	insertion DOUBLE, deletion DOUBLE, -- areas under the map's curves, NULL for a degenerate map
	content VARCHAR, created TIMESTAMPTZ
);

-- What is known of an evaluation's model besides its predictions, as JSON:
-- layers, or randomisation of a method.
CREATE TABLE findings (evaluation INTEGER, name VARCHAR, content VARCHAR, created TIMESTAMPTZ);
