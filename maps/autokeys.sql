-- From version 4 to 5. Maps that were asked for as "auto" lay under a key of their own, beside the
-- same map under the name of the method that auto had chosen. They get that name.
CREATE TEMP TABLE auto_keys AS SELECT evaluation, sample, key AS old, json_extract_string(meta, '$.method') || substr(key, length('auto') + 1) AS new,
		json_extract_string(meta, '$.method') AS method, json_extract_string(meta, '$.reason') AS reason
	FROM maps WHERE starts_with(key, 'auto~');

-- What auto chose is told to package results, whose facts hold it: see Store.tellChoices.
CREATE TABLE auto_choices (evaluation INTEGER, method VARCHAR, reason VARCHAR);
INSERT INTO auto_choices SELECT evaluation, any_value(method), coalesce(any_value(reason), '') FROM auto_keys GROUP BY evaluation;

-- Of two of the same map one stays: the named one, unless only the other was assessed.
CREATE TEMP TABLE auto_twins AS SELECT a.evaluation, a.sample,
		CASE WHEN count(t.key) FILTER (t.key = a.new) = 0 AND count(t.key) FILTER (t.key = a.old) > 0 THEN a.new ELSE a.old END AS key
	FROM auto_keys a JOIN maps m ON m.evaluation = a.evaluation AND m.sample = a.sample AND m.key = a.new
	LEFT JOIN trusts t ON t.evaluation = a.evaluation AND t.sample = a.sample AND t.key IN (a.old, a.new)
	GROUP BY a.evaluation, a.sample, a.old, a.new;
DELETE FROM maps WHERE (evaluation, sample, key) IN (SELECT (evaluation, sample, key) FROM auto_twins);
DELETE FROM trusts WHERE (evaluation, sample, key) IN (SELECT (evaluation, sample, key) FROM auto_twins);
DELETE FROM shares WHERE (evaluation, sample, key) IN (SELECT (evaluation, sample, key) FROM auto_twins);

UPDATE maps SET key = a.new FROM auto_keys a WHERE maps.evaluation = a.evaluation AND maps.sample = a.sample AND maps.key = a.old;
UPDATE trusts SET key = a.new FROM auto_keys a WHERE trusts.evaluation = a.evaluation AND trusts.sample = a.sample AND trusts.key = a.old;
UPDATE shares SET key = a.new FROM auto_keys a WHERE shares.evaluation = a.evaluation AND shares.sample = a.sample AND shares.key = a.old;

DROP TABLE auto_twins;
DROP TABLE auto_keys;
