/**
 * New runs. Of several that come with one idempotency key, here or from other
 * processes, the first whose key is stored is created and the others are told of it.
 */
export const createRuns = (schema: string): string => `
CREATE FUNCTION ${schema}.create_runs(asked json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE answer json;
BEGIN
  IF asked IS NULL THEN RETURN NULL; END IF;

  -- In the order of keys, so that two processes never wait for each other in a circle.
  INSERT INTO ${schema}.idempotency (key, body, run)
  SELECT DISTINCT ON (a.key) a.key, a.body, a.id
  FROM json_to_recordset(asked) AS a (n integer, id text, key text, body text)
  WHERE a.key IS NOT NULL
  ORDER BY a.key, a.n
  ON CONFLICT (key) DO NOTHING;

  WITH due AS MATERIALIZED (
    SELECT a.*, i.run AS keyed, i.body AS stored_body,
           a.key IS NULL OR i.run = a.id AND NOT EXISTS (SELECT 1 FROM ${schema}.runs r WHERE r.id = a.id) AS is_new
    FROM json_to_recordset(asked) AS a (
      n integer, id text, workflow text, program text, at double precision, tags json, tag_names json,
      key text, body text, event json)
    LEFT JOIN ${schema}.idempotency i ON i.key = a.key
  ),
  numbered AS MATERIALIZED (
    SELECT nextval('${schema}.run_numbers') AS number, * FROM (SELECT * FROM due WHERE is_new ORDER BY n) AS fresh
  ),
  new_runs AS (
    INSERT INTO ${schema}.runs (number, id, workflow, program, status, created_at, tags)
    SELECT number, id, workflow, program, 'pending', at, tags::text FROM numbered
  ),
  new_heads AS (
    INSERT INTO ${schema}.heads (run, id, seq) SELECT number, id, 1 FROM numbered
  ),
  new_tags AS (
    INSERT INTO ${schema}.run_tags (tag, created_at, run)
    SELECT DISTINCT tag, at, number FROM numbered, json_array_elements_text(tag_names) AS tag
  ),
  new_events AS (
    INSERT INTO ${schema}.journal (run, last, epoch, events)
    SELECT number, 1, 0, '[' || event::text || ']' FROM numbered
  )
  SELECT json_agg(json_build_object('n', n, 'run', coalesce(keyed, id), 'body', stored_body, 'existing', NOT is_new))
  INTO answer FROM due;
  RETURN answer;
END $$;
`;
