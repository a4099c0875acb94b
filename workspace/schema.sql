-- The engine's own tables.

CREATE TABLE meta (key VARCHAR, value VARCHAR);

-- Before version 4 all stores had one version in common; programs that know no other read it here.
INSERT INTO meta VALUES ('schema_version', '4');

CREATE TABLE packs (pack VARCHAR, kind VARCHAR, items INTEGER, bytes BIGINT);
