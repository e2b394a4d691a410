/** Tasks that workers claim. Needs no head: whoever claims a task of a run that ends at this moment is told so by its outcome. */
export const claims = (schema: string): string => `
-- At most one of those that ask is for a task. Gives the numbers of those that got theirs.
CREATE OR REPLACE FUNCTION ${schema}.claim_tasks(asked json) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  won integer[] := '{}';
  one record;
BEGIN
  IF asked IS NULL THEN RETURN NULL; END IF;
  -- In the order of tasks, so that two processes never wait for each other in a circle.
  FOR one IN
    SELECT a.n, h.run, a.path, a.attempt, a.worker
    FROM json_to_recordset(asked) AS a (n integer, run text, path text, attempt integer, worker text)
    JOIN ${schema}.heads h ON h.id = a.run
    WHERE NOT h.finished
    ORDER BY h.run, a.path, a.attempt
  LOOP
    INSERT INTO ${schema}.claims (run, path, attempt, worker)
    VALUES (one.run, one.path, one.attempt, one.worker)
    ON CONFLICT (run, path, attempt) DO NOTHING;
    IF FOUND THEN won := won || one.n; END IF;
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
