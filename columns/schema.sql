-- The tables of package columns: what came with a dataset besides paths, labels and splits. The values
-- are in a wide table for each dataset, column_values_ID, which has a row for each sample with a value
-- (sample BIGINT) and a column c0, c1, … of the kind's type for each place.

CREATE TABLE dataset_columns (
	dataset INTEGER, place INTEGER,
	name VARCHAR,
	kind VARCHAR,                   -- bool, int, double, date, text
	source VARCHAR                  -- base name of the file it came from
);
