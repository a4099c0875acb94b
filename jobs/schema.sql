-- The tables of package jobs.

CREATE TABLE jobs (
	id VARCHAR NOT NULL, kind VARCHAR NOT NULL, title VARCHAR NOT NULL, params VARCHAR NOT NULL,
	state VARCHAR NOT NULL, items BIGINT NOT NULL, planned BOOLEAN NOT NULL,
	created TIMESTAMP NOT NULL, started TIMESTAMP, finished TIMESTAMP,
	message VARCHAR NOT NULL, error VARCHAR NOT NULL, result VARCHAR NOT NULL,
	crashes INTEGER DEFAULT 0, -- servers that ended without a word while it ran
	arithmetic VARCHAR DEFAULT ''); -- kinds of the workers whose results are stored

CREATE TABLE chunks (
	job VARCHAR NOT NULL, seq INTEGER NOT NULL, first BIGINT NOT NULL, count BIGINT NOT NULL,
	state VARCHAR NOT NULL, failed BIGINT NOT NULL,
	failures VARCHAR); -- JSON list of Failure, or ''; of a chunk that is open: of Finding

-- The list a job works through, fixed when it is planned and deleted when it is done, or stopped and followed by another.
CREATE TABLE job_items (
	job VARCHAR, item BIGINT,
	sample BIGINT); -- what the kind of job calls its items: ids of samples
