import { firstEpoch } from '@telos/core';

/**
 * New runs. Of several that come with one idempotency key, here or from other
 * processes, the first whose key is stored is created and the others are told of it.
 * Of those that share places, as many are let in as there is room, in their order.
 * One that comes with an owner is leased to it when it is let in.
 */
export const createRuns = (schema: string): string => `
CREATE OR REPLACE FUNCTION ${schema}.create_runs(asked json, details json, now_ms double precision)
RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  numbers bigint[] := array_fill(0::bigint, ARRAY[json_array_length(asked)]);  -- of each that is stored; else 0
  answers json[] := '{}';
  woken text[] := '{}';
  one record;
BEGIN
  -- In the order of keys, so that two processes never wait for each other in a circle. Read again only where there may be some.
  IF strpos(asked::text, '"key"') > 0 THEN
    INSERT INTO ${schema}.idempotency (key, body, run)
    SELECT DISTINCT ON (a.key) a.key, a.body, a.id
    FROM json_to_recordset(asked) AS a (n integer, id text, key text, body text)
    WHERE a.key IS NOT NULL
    ORDER BY a.key, a.n
    ON CONFLICT (key) DO NOTHING;
  END IF;

  FOR one IN
    WITH known AS MATERIALIZED (
      SELECT a.*, i.run AS keyed, i.body AS stored_body,
             a.key IS NULL OR i.run = a.id AND NOT EXISTS (SELECT 1 FROM ${schema}.runs r WHERE r.id = a.id) AS is_new
      FROM json_to_recordset(asked) AS a (
        n integer, id text, workflow text, program text, at double precision, tags text, tag_names json,
        namespace text, priority text, fork_of text, shares text, places integer, rejects boolean, replaces text,
        key text, body text, owner text, ttl double precision, last integer, events text,
        callback_url text, callback_events text, callback_secret text)
      LEFT JOIN ${schema}.idempotency i ON i.key = a.key
    ),
    placed AS MATERIALIZED (
      SELECT *, CASE WHEN is_new AND shares IS NOT NULL THEN
        row_number() OVER (PARTITION BY shares, is_new ORDER BY n) + (
          SELECT count(*) FROM ${schema}.heads h WHERE h.shares = known.shares AND h.let_in AND NOT h.finished
        ) <= places END AS let_in
      FROM known
    ),
    numbered AS MATERIALIZED (
      SELECT *, CASE WHEN is_new AND (rejects AND NOT let_in) IS NOT TRUE THEN nextval('${schema}.run_numbers') END AS number,
        owner IS NOT NULL AND let_in IS NOT FALSE AS leased
      FROM (SELECT * FROM placed ORDER BY n) AS in_order
    ),
    new_runs AS (
      INSERT INTO ${schema}.runs (number, id, workflow, program, status, created_at, tags, namespace, priority, fork_of)
      SELECT number, id, workflow, program, 'pending', at, tags, namespace, priority, fork_of
      FROM numbered WHERE number IS NOT NULL
    ),
    new_heads AS (
      INSERT INTO ${schema}.heads (run, id, created_at, seq, due_at, shares, places, let_in, epoch, owner, lease_until)
      SELECT number, id, at, last, CASE WHEN let_in IS FALSE THEN 9e15 ELSE 0 END, shares, places, let_in,
        CASE WHEN leased THEN ${firstEpoch} ELSE 0 END, CASE WHEN leased THEN owner END, CASE WHEN leased THEN now_ms + ttl ELSE 0 END
      FROM numbered WHERE number IS NOT NULL
    ),
    new_tags AS (
      INSERT INTO ${schema}.run_tags (tag, created_at, run)
      SELECT DISTINCT tag, at, number FROM numbered, json_array_elements_text(tag_names) AS tag WHERE number IS NOT NULL
    ),
    new_callbacks AS (
      INSERT INTO ${schema}.callbacks (run, url, events, secret)
      SELECT number, callback_url, callback_events, callback_secret
      FROM numbered WHERE number IS NOT NULL AND callback_url IS NOT NULL
    ),
    new_events AS (
      INSERT INTO ${schema}.journal (run, last, epoch, events)
      SELECT number, last, 0, events FROM numbered WHERE number IS NOT NULL
    )
    SELECT n, number, id, key, keyed, stored_body, is_new, let_in, shares, replaces, leased FROM numbered
  LOOP
    IF one.is_new AND one.number IS NULL THEN
      DELETE FROM ${schema}.idempotency WHERE key = one.key AND run = one.id;
    ELSIF one.is_new THEN
      numbers[one.n] := one.number;
      IF one.let_in IS FALSE AND one.replaces IS NOT NULL THEN
        woken := woken || ${schema}.replace_runs(one.shares, one.number, one.replaces);
      END IF;
    END IF;
    answers := answers || json_build_object(
      'n', one.n, 'run', coalesce(one.keyed, one.id), 'body', one.stored_body,
      'existing', NOT one.is_new, 'refused', one.is_new AND one.number IS NULL,
      'leased', CASE WHEN one.leased AND one.is_new THEN true END);
  END LOOP;

  PERFORM ${schema}.change_summaries(details -> 'changes', numbers);
  PERFORM ${schema}.note_blobs(details -> 'blobs', numbers);
  RETURN json_build_object('answers', array_to_json(answers), 'woken', array_to_json(woken));
END $$;
`;
