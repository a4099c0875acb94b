-- The tables of package parts: what a model looks at in the images of a class, found without annotation.

-- A class of an evaluation (package results) that was looked into. basis says what from, content is the JSON of the kind of
-- work that does it.
CREATE TABLE concept_classes (evaluation INTEGER, class INTEGER, basis VARCHAR, content VARCHAR);

CREATE TABLE concepts (
	evaluation INTEGER, class INTEGER, number INTEGER,
	vector BLOB,      -- little-endian float32, one per channel of the layer
	content VARCHAR,  -- JSON of the kind of work
	name VARCHAR      -- by the user, '' without one
);

-- Where the concepts of a class are on a sample; lists have an entry per concept, by number.
CREATE TABLE concept_places (
	evaluation INTEGER, class INTEGER, sample BIGINT,
	content VARCHAR,  -- JSON of the kind of work
	places BLOB       -- a byte per concept and spatial position, 255 is the largest of the sample and concept
);
