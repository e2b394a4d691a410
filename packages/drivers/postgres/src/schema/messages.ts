/** Messages to runs. A parked run has something to do when one comes; one that waits for its turn is let in out of turn only to be cancelled. */
export const messages = (schema: string): string => `
CREATE OR REPLACE FUNCTION ${schema}.post_messages(asked json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  IF asked IS NULL THEN RETURN NULL; END IF;
  INSERT INTO ${schema}.inbox (run, id, message)
  SELECT h.run, a.message_id, a.message
  FROM json_to_recordset(asked) AS a (n integer, run text, message_id text, message text)
  JOIN ${schema}.heads h ON h.id = a.run
  WHERE NOT h.finished
  ORDER BY a.n
  ON CONFLICT (run, id) DO NOTHING;

  INSERT INTO ${schema}.blob_uses (hash, run)
  SELECT DISTINCT b.hash, h.run
  FROM json_to_recordset(asked) AS a (run text, blobs json)
  JOIN ${schema}.heads h ON h.id = a.run
  CROSS JOIN json_array_elements_text(a.blobs) AS b (hash)
  WHERE a.blobs IS NOT NULL AND NOT h.finished
  ON CONFLICT (hash, run) DO NOTHING;

  UPDATE ${schema}.heads h SET let_in = h.let_in OR h.let_in IS FALSE, due_at = 0
  FROM (
    SELECT run, bool_or(cancels) AS cancels FROM json_to_recordset(asked) AS m (run text, cancels boolean) GROUP BY run
  ) AS a
  WHERE h.id = a.run AND NOT h.finished AND h.owner IS NULL AND (h.let_in IS NOT FALSE OR a.cancels);

  RETURN (
    SELECT json_agg(json_build_object('n', a.n, 'finished', h.finished))
    FROM json_to_recordset(asked) AS a (n integer, run text)
    LEFT JOIN ${schema}.heads h ON h.id = a.run
    WHERE h.finished IS NOT FALSE);
END $$;
`;
