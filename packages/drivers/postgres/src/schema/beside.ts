/** What is written beside the events of an append or of a new run. `numbers` says which run each chain is of; 0: it was refused. */
export const beside = (schema: string): string => `
CREATE OR REPLACE FUNCTION ${schema}.change_summaries(changes json, numbers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF changes IS NULL THEN RETURN; END IF;
  UPDATE ${schema}.runs r SET
    status = coalesce(c.status, r.status),
    started_at = coalesce(c.started_at, r.started_at),
    ended_at = coalesce(c.ended_at, r.ended_at),
    error = coalesce(c.error, r.error),
    input_tokens = r.input_tokens + coalesce(c.input_tokens, 0),
    output_tokens = r.output_tokens + coalesce(c.output_tokens, 0),
    usd = r.usd + coalesce(c.usd, 0),
    ms = r.ms + coalesce(c.ms, 0),
    calls = r.calls + coalesce(c.calls, 0),
    gates = r.gates + coalesce(c.gates, 0),
    gate_score = r.gate_score + coalesce(c.gate_score, 0)
  FROM json_to_recordset(changes) AS c (
    chain integer, status text, started_at double precision, ended_at double precision, error text,
    input_tokens double precision, output_tokens double precision, usd double precision, ms double precision,
    calls double precision, gates integer, gate_score double precision)
  WHERE r.number = numbers[c.chain];
END $$;

CREATE OR REPLACE FUNCTION ${schema}.note_blobs(blobs json, numbers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF blobs IS NULL THEN RETURN; END IF;
  INSERT INTO ${schema}.blob_uses (hash, run)
  SELECT DISTINCT b.hash, numbers[b.chain] FROM json_to_recordset(blobs) AS b (chain integer, hash text)
  WHERE numbers[b.chain] <> 0
  ON CONFLICT (hash, run) DO NOTHING;
END $$;

-- One after the other: a step may begin to wait and go on in appends of one chain.
CREATE OR REPLACE FUNCTION ${schema}.change_waits(changes json, numbers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
  IF changes IS NULL THEN RETURN; END IF;
  FOR one IN
    SELECT numbers[w.chain] AS run, w.* FROM json_to_recordset(changes) AS w (
      n integer, chain integer, path text, id integer, kind text, since double precision, name text, code text, step text)
    WHERE numbers[w.chain] <> 0 ORDER BY w.n
  LOOP
    DELETE FROM ${schema}.waits w WHERE w.run = one.run AND w.path = one.path;
    IF one.id IS NOT NULL THEN
      INSERT INTO ${schema}.waits (run, id, path, kind, since, workflow, namespace, name, code, step)
      SELECT one.run, one.id, one.path, one.kind, one.since, r.workflow, r.namespace, one.name, one.code, one.step
      FROM ${schema}.runs r WHERE r.number = one.run;
    END IF;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION ${schema}.settle_messages(settles json, numbers bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF settles IS NULL THEN RETURN; END IF;
  DELETE FROM ${schema}.inbox i USING json_to_recordset(settles) AS s (chain integer, message text)
  WHERE i.run = numbers[s.chain] AND i.id = s.message;
END $$;
`;
