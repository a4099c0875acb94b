-- The tables of package catalog: datasets with their samples, and models.
-- There are no primary keys on the large tables: DuckDB's index would live in memory and
-- slow the ingest, and the one writer replaces rows by their ids instead.

CREATE SEQUENCE dataset_ids;
CREATE SEQUENCE sample_ids;
CREATE SEQUENCE model_ids;

CREATE TABLE datasets (
	id INTEGER, name VARCHAR, root VARCHAR, layout VARCHAR,
	source VARCHAR,                 -- JSON of dataset.Source: how to import again
	created TIMESTAMPTZ, updated TIMESTAMPTZ,
	regions_revision INTEGER        -- counts the changes of its regions
);

-- label: index in the dataset's own list; each import appends its new names, sorted.
CREATE TABLE labels (dataset INTEGER, label INTEGER, name VARCHAR);

CREATE TABLE samples (
	id BIGINT, dataset INTEGER,
	path VARCHAR,                   -- relative to the root, with slashes; absolute if outside it
	label INTEGER,                  -- NULL: no label
	split VARCHAR,                  -- '' if the dataset has none
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
	kind VARCHAR,                   -- box, polygon, mask
	points DOUBLE[],                -- x,y,… in displayed pixels; a box is its two corners, a mask a size and runs: see dataset.Mask
	source VARCHAR
);

-- What an import saw besides samples: stray, missing, unlisted, warning.
CREATE TABLE remarks (dataset INTEGER, kind VARCHAR, path VARCHAR, detail VARCHAR);

CREATE TABLE models (id INTEGER, name VARCHAR, sha256 VARCHAR, spec VARCHAR, created TIMESTAMPTZ);

-- Where the thumbnail of an image is, by the hash of its bytes.
CREATE TABLE thumbnails (hash VARCHAR, pack VARCHAR, pos BIGINT, length BIGINT);
