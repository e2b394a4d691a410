/**
 * Appends. Those of one run that follow on each other are a chain: it is checked
 * against the head once, and taken or refused as a whole. Chains are numbered
 * from 1; each of their appends is a row that names its chain.
 *
 * `details` holds what few appends bring: changes of summaries and of waits,
 * messages settled, blobs named.
 *
 * Gives the chains that were refused, with the head that refused them, and of a
 * chain of one whether it stands in the journal already: then it was stored by an
 * earlier commit whose answer was lost. And the runs that were let in. NULL: none of either.
 */
export const appendEvents = (schema: string): string => `
CREATE OR REPLACE FUNCTION ${schema}.append_events(
  ids text[], epochs integer[], afters integer[], lasts integer[], ends boolean[],
  row_chains integer[], row_lasts integer[], row_events text[],
  details json
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE
  numbers bigint[] := array_fill(0::bigint, ARRAY[cardinality(ids)]);  -- the run of each chain that is taken, else 0
  missing integer := cardinality(ids);
  ended bigint[] := '{}';
  freed text[] := '{}';
  woken text[] := '{}';
  taken record;
  beside record;                                          -- details, taken apart once
  refused json;
BEGIN
  FOR taken IN
    UPDATE ${schema}.heads h SET seq = greatest(h.seq, a.last), finished = h.finished OR a.ends
    FROM unnest(ids, epochs, afters, lasts, ends) WITH ORDINALITY AS a (id, epoch, after, last, ends, chain)
    WHERE h.id = a.id AND h.epoch = a.epoch
      -- A chain without events only settles messages, wherever the run stands.
      AND (h.seq = a.after AND NOT h.finished OR a.last = a.after AND a.after <= h.seq)
    RETURNING a.chain, h.run, a.ends, h.shares
  LOOP
    numbers[taken.chain] := taken.run;
    missing := missing - 1;
    IF taken.ends THEN
      ended := ended || taken.run;
      IF taken.shares IS NOT NULL THEN freed := freed || taken.shares; END IF;
    END IF;
  END LOOP;

  INSERT INTO ${schema}.journal (run, last, epoch, events)
  SELECT numbers[r.chain], r.last, epochs[r.chain], r.events
  FROM unnest(row_chains, row_lasts, row_events) AS r (chain, last, events)
  WHERE numbers[r.chain] <> 0;

  IF details IS NOT NULL THEN
    SELECT * INTO beside FROM json_to_record(details) AS d (changes json, waits json, blobs json, settles json);
    PERFORM ${schema}.change_summaries(beside.changes, numbers);
    PERFORM ${schema}.change_waits(beside.waits, numbers);
    PERFORM ${schema}.note_blobs(beside.blobs, numbers);
    PERFORM ${schema}.settle_messages(beside.settles, numbers);
  END IF;
  IF cardinality(ended) > 0 THEN
    DELETE FROM ${schema}.waits WHERE run = ANY (ended);
    -- What was called off stays until its worker has been told.
    DELETE FROM ${schema}.claims WHERE run = ANY (ended) AND NOT (called_off AND NOT told);
    DELETE FROM ${schema}.inbox WHERE run = ANY (ended);
    UPDATE ${schema}.callbacks SET due_at = 0 WHERE run = ANY (ended);
    woken := ${schema}.let_in_next(freed);
  END IF;

  IF missing = 0 AND cardinality(woken) = 0 THEN RETURN NULL; END IF;
  IF missing > 0 THEN
    refused := (
      SELECT json_agg(json_build_object(
        'chain', c.chain, 'epoch', h.epoch, 'last', h.seq, 'finished', h.finished,
        'stands', EXISTS (
          SELECT 1 FROM ${schema}.journal j
          WHERE j.run = h.run AND j.last = lasts[c.chain] AND j.epoch = epochs[c.chain]
            AND j.events = row_events[array_position(row_chains, c.chain)])))
      FROM generate_subscripts(ids, 1) AS c (chain)
      LEFT JOIN ${schema}.heads h ON h.id = ids[c.chain]
      WHERE numbers[c.chain] = 0);
  END IF;
  RETURN json_build_object('refused', refused, 'woken', array_to_json(woken));
END $$;
`;
