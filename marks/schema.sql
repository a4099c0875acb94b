-- The tables of package marks: what people note of samples. A mark belongs to a sample (package
-- catalog) and to the bytes its file had: with another hash it counts no longer, and is not lost.

CREATE SEQUENCE mark_action_ids;

-- The tags of a dataset, also those that no sample has.
CREATE TABLE tags (dataset INTEGER, name VARCHAR, created TIMESTAMPTZ);

CREATE TABLE marks (
	dataset INTEGER, sample BIGINT, hash VARCHAR,
	kind VARCHAR,                   -- tag; or note, label (a proposed one), exclude, of each of which a sample has at most one
	value VARCHAR,                  -- name of the tag, text of the note, the label; '' of exclude
	action BIGINT                   -- that made it: who and when
);

CREATE TABLE mark_actions (
	id BIGINT, dataset INTEGER, kind VARCHAR, value VARCHAR,
	removes BOOLEAN,
	selected BIGINT, changed BIGINT, -- samples that were meant, and of them those that had to change
	slice VARCHAR,                  -- the selection as text; '' for all, and for samples chosen one by one
	evaluation VARCHAR,             -- that the slice is of, by its name then; '' for samples chosen one by one
	author VARCHAR, created TIMESTAMPTZ,
	undone TIMESTAMPTZ              -- NULL while it stands
);

-- What an action changed, kept for the last hundred of a dataset, so that it can be undone.
CREATE TABLE mark_changes (
	action BIGINT, sample BIGINT, hash VARCHAR, value VARCHAR,
	former BIGINT                   -- the action of a mark that was removed; NULL for one that was added
);
