/** Tasks that workers claim. Needs no head: whoever claims a task of a run that ends at this moment is told so by its outcome. */
export const claims = (schema: string): string => `
-- At most one of those that ask is for a task. Gives the numbers of those that got theirs. What is called off
-- by the same commit nobody gets; what somebody has got already is noted, for its worker to be told.
CREATE OR REPLACE FUNCTION ${schema}.claim_tasks(asked json, called_off json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  won integer[] := '{}';
  one record;
BEGIN
  IF asked IS NULL AND called_off IS NULL THEN RETURN NULL; END IF;
  -- In the order of tasks, so that two processes never wait for each other in a circle.
  FOR one IN
    SELECT t.n, h.run, t.path, t.attempt, t.worker, h.finished
    FROM (
      SELECT n, run, path, attempt, worker
      FROM json_to_recordset(asked) AS a (n integer, run text, path text, attempt integer, worker text)
      UNION ALL
      SELECT 0, run, path, attempt, '' FROM json_to_recordset(called_off) AS c (run text, path text, attempt integer)
    ) AS t
    JOIN ${schema}.heads h ON h.id = t.run
    ORDER BY h.run, t.path, t.attempt, t.n
  LOOP
    IF NOT one.finished THEN
      INSERT INTO ${schema}.claims (run, path, attempt, worker, called_off, told)
      VALUES (one.run, one.path, one.attempt, one.worker, one.n = 0, one.n = 0)
      ON CONFLICT (run, path, attempt) DO NOTHING;
      IF FOUND THEN
        IF one.n > 0 THEN won := won || one.n; END IF;
        CONTINUE;
      END IF;
    END IF;
    IF one.n = 0 THEN
      UPDATE ${schema}.claims c SET called_off = true
      WHERE c.run = one.run AND c.path = one.path AND c.attempt = one.attempt;
    END IF;
  END LOOP;
  RETURN array_to_json(won);
END $$;

-- They stay as nobody's until their run ends: a bell for one may ring late, and must find it taken.
CREATE OR REPLACE FUNCTION ${schema}.forget_tasks(asked json) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF asked IS NULL THEN RETURN; END IF;
  UPDATE ${schema}.claims c SET worker = '', called_off = true, told = true
  FROM json_to_recordset(asked) AS a (run text, path text, attempt integer)
  WHERE c.run = (SELECT h.run FROM ${schema}.heads h WHERE h.id = a.run) AND c.path = a.path AND c.attempt = a.attempt;
END $$;
`;
