-- The tables of package trials: what a model says of samples of which something was hidden, swapped or pasted.

-- What was, or is to be, tried: one row per evaluation (package results) and stage. content is the JSON of the kind of
-- work that plans it.
CREATE TABLE trial_plans (evaluation INTEGER, stage VARCHAR, job VARCHAR, content VARCHAR, finished BOOLEAN, created TIMESTAMPTZ);

CREATE TABLE trials (
	evaluation INTEGER, stage VARCHAR,
	unit INTEGER,                   -- of the plan: what one sample was tried with
	sample BIGINT, class INTEGER,   -- class: what the trial is about
	region VARCHAR,                 -- '' for the sample as it is
	place INTEGER,                  -- 0: the region itself; others are controls
	fill VARCHAR, donor BIGINT,     -- donor: the sample that was pasted from, 0 without one
	area DOUBLE,                    -- share of the image that was changed
	logits BLOB                     -- little-endian float32, one per class
);

-- What users say that a model should (expected) or should not (unwanted) look at. class is '' for all.
CREATE TABLE declarations (dataset INTEGER, class VARCHAR, region VARCHAR, word VARCHAR);
