-- The tables of package maps: attribution maps of samples in evaluations (package results), and their trust.

CREATE TABLE maps (
	evaluation INTEGER, sample BIGINT, key VARCHAR, -- key: method, target, seed and options
	meta VARCHAR, pack VARCHAR, pos BIGINT, length BIGINT, created TIMESTAMPTZ
);

-- Trust in a map, by insertion and deletion; content is the JSON of trust.Trust.
CREATE TABLE trusts (
	evaluation INTEGER, sample BIGINT, key VARCHAR, -- of the map
	verdict VARCHAR,                -- green, amber, red
	insertion DOUBLE, deletion DOUBLE, -- areas under the map's curves, NULL for a degenerate map
	content VARCHAR, created TIMESTAMPTZ
);

-- What a map says of one region of its sample; see regions.Share.
CREATE TABLE shares (
	evaluation INTEGER, sample BIGINT, key VARCHAR, -- of the map
	revision INTEGER,               -- of the dataset's regions, when it was computed
	place INTEGER,                  -- in the order of the sample's regions
	region VARCHAR, builtin BOOLEAN,
	share DOUBLE, area DOUBLE, ratio DOUBLE, negative DOUBLE, hottest BOOLEAN
);

-- What auto had chosen in maps of versions before 5, until package results knows it.
CREATE TABLE auto_choices (evaluation INTEGER, method VARCHAR, reason VARCHAR);
