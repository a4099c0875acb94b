-- The table of package spaces: where the images of an evaluation (package results) lie in the plane.

CREATE TABLE spaces (
	evaluation INTEGER,
	revision VARCHAR,               -- of the score blocks that it was made of
	file VARCHAR,                   -- relative to the workspace
	created TIMESTAMPTZ
);
