-- The tables of package results: evaluations and what they gave. They refer to samples, labels,
-- datasets and models of package catalog by id.
-- There are no primary keys on the large tables: DuckDB's index would live in memory and
-- slow the ingest, and the one writer replaces rows by (evaluation, chunk) instead.

CREATE SEQUENCE evaluation_ids;

CREATE TABLE evaluations (
	id INTEGER, slug VARCHAR, dataset INTEGER, model INTEGER, job VARCHAR,
	state VARCHAR, classes VARCHAR, splits VARCHAR, -- JSON lists of names
	spec VARCHAR,                   -- the model's specification it was made with
	matching VARCHAR,               -- JSON: how labels became classes, and what did not match
	planned BIGINT,                 -- samples to evaluate
	created TIMESTAMPTZ, finished TIMESTAMPTZ
);

-- class of a label of the dataset, in this evaluation.
CREATE TABLE evaluation_labels (evaluation INTEGER, label INTEGER, class INTEGER);

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

-- The samples with a prediction in the order of their paths, at the import that was the
-- dataset's last then (datasets.updated).
CREATE TABLE path_orders (evaluation INTEGER, imported TIMESTAMPTZ, samples BIGINT[]);

-- What is known of an evaluation's model besides its predictions, as JSON:
-- layers, or randomisation of a method.
CREATE TABLE facts (evaluation INTEGER, name VARCHAR, content VARCHAR, created TIMESTAMPTZ);
