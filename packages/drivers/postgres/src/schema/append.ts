/**
 * Appends. Those of one run that follow on each other are a chain: it is checked
 * against the head once, and taken or refused as a whole. Chains are numbered
 * from 1; each of their appends is a row that names its chain.
 *
 * `details` holds what few appends bring: changes of summaries, messages settled.
 *
 * Gives the chains that were refused, with the head that refused them, and of a
 * chain of one whether it stands in the journal already: then it was stored by an
 * earlier commit whose answer was lost.
 */
export const appendEvents = (schema: string): string => `
CREATE FUNCTION ${schema}.append_events(
  ids text[], epochs integer[], afters integer[], lasts integer[], ends boolean[],
  row_chains integer[], row_lasts integer[], row_events text[],
  details json
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  numbers bigint[] := array_fill(0::bigint, ARRAY[cardinality(ids)]);  -- the run of each chain that is taken, else 0
  missing integer := cardinality(ids);
  taken record;
BEGIN
  FOR taken IN
    UPDATE ${schema}.heads h SET seq = greatest(h.seq, a.last), finished = h.finished OR a.ends
    FROM unnest(ids, epochs, afters, lasts, ends) WITH ORDINALITY AS a (id, epoch, after, last, ends, chain)
    WHERE h.id = a.id AND h.epoch = a.epoch
      -- A chain without events only settles messages, wherever the run stands.
      AND (h.seq = a.after AND NOT h.finished OR a.last = a.after AND a.after <= h.seq)
    RETURNING a.chain, h.run
  LOOP
    numbers[taken.chain] := taken.run;
    missing := missing - 1;
  END LOOP;

  INSERT INTO ${schema}.journal (run, last, epoch, events)
  SELECT numbers[r.chain], r.last, epochs[r.chain], r.events
  FROM unnest(row_chains, row_lasts, row_events) AS r (chain, last, events)
  WHERE numbers[r.chain] <> 0;

  IF details IS NOT NULL THEN
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
    FROM json_to_recordset(details -> 'changes') AS c (
      chain integer, status text, started_at double precision, ended_at double precision, error text,
      input_tokens double precision, output_tokens double precision, usd double precision, ms double precision,
      calls double precision, gates integer, gate_score double precision)
    WHERE r.number = numbers[c.chain];

    DELETE FROM ${schema}.inbox i
    USING json_to_recordset(details -> 'settles') AS s (chain integer, message text)
    WHERE i.run = numbers[s.chain] AND i.id = s.message;
  END IF;

  IF missing = 0 THEN RETURN NULL; END IF;
  RETURN (
    SELECT json_agg(json_build_object(
      'chain', c.chain, 'epoch', h.epoch, 'last', h.seq, 'finished', h.finished,
      'stands', EXISTS (
        SELECT 1 FROM ${schema}.journal j
        WHERE j.run = h.run AND j.last = lasts[c.chain] AND j.epoch = epochs[c.chain]
          AND j.events = row_events[array_position(row_chains, c.chain)])))
    FROM generate_subscripts(ids, 1) AS c (chain)
    LEFT JOIN ${schema}.heads h ON h.id = ids[c.chain]
    WHERE numbers[c.chain] = 0);
END $$;
`;
