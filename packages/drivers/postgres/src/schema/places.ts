/**
 * Places that runs of one concurrency key share. Whoever counts them holds the
 * lock of the key, so that two processes do not give the last one away twice.
 */
export const places = (schema: string): string => `
-- In the order of keys, so that two processes never wait for each other in a circle.
CREATE OR REPLACE FUNCTION ${schema}.lock_places(keys text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one text;
BEGIN
  FOR one IN SELECT DISTINCT k FROM unnest(keys) AS k WHERE k IS NOT NULL ORDER BY k LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended('${schema} ' || one, 1));
  END LOOP;
END $$;

-- Runs of these keys have ended: lets in those whose turn it is, and gives their ids.
CREATE OR REPLACE FUNCTION ${schema}.let_in_next(keys text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  woken text[] := '{}';
  one text;
  next record;
BEGIN
  FOR one IN SELECT DISTINCT k FROM unnest(keys) AS k LOOP
    LOOP
      SELECT h.run, h.id, h.places INTO next FROM ${schema}.heads h
      WHERE h.shares = one AND h.let_in = false AND NOT h.finished ORDER BY h.run LIMIT 1;
      EXIT WHEN NOT FOUND OR next.places <= (
        SELECT count(*) FROM ${schema}.heads h WHERE h.shares = one AND h.let_in = true AND NOT h.finished);
      UPDATE ${schema}.heads SET let_in = true, due_at = 0 WHERE run = next.run;
      woken := woken || next.id;
    END LOOP;
  END LOOP;
  RETURN woken;
END $$;

-- A new run takes the place of all others of its key: posts \`message\` to each, and gives their ids.
CREATE OR REPLACE FUNCTION ${schema}.replace_runs(key text, new_run bigint, message text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE woken text[];
BEGIN
  INSERT INTO ${schema}.inbox (run, id, message)
  SELECT h.run, message::json ->> 'id', message FROM ${schema}.heads h
  WHERE h.shares = key AND NOT h.finished AND h.run <> new_run
  ON CONFLICT (run, id) DO NOTHING;

  WITH told AS (
    UPDATE ${schema}.heads h SET let_in = true, due_at = 0
    WHERE h.shares = key AND NOT h.finished AND h.run <> new_run RETURNING h.id
  )
  SELECT coalesce(array_agg(id), '{}') INTO woken FROM told;
  RETURN woken;
END $$;
`;
