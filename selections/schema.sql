-- The tables of package selections: slices that people keep.

-- A slice with a name. A live one is its text, evaluated whenever it is asked for; a fixed one has the samples of a set.
CREATE TABLE saved_slices (
	dataset INTEGER, name VARCHAR,
	slice VARCHAR,                  -- the text; of a fixed one where its samples came from
	evaluation VARCHAR,             -- that it was saved on, by its name then
	set_id VARCHAR,                 -- NULL of a live one
	author VARCHAR, created TIMESTAMPTZ
);

-- Sets of samples, which never change: the id follows from what is in them.
CREATE TABLE sample_sets (
	id VARCHAR, dataset INTEGER,
	slice VARCHAR, evaluation VARCHAR, -- what it was chosen from; '' for samples chosen by hand
	samples BIGINT,
	used TIMESTAMPTZ                -- last, to the day
);

-- A sample is in a set with the bytes that its file had: with another hash it counts no longer.
CREATE TABLE set_samples (set_id VARCHAR, sample BIGINT, hash VARCHAR);
