import { never } from '@telos/core/store';

/** Leases. One that has lapsed by the store's time, or has no owner, is free; a live one is its owner's to take again. */
export const leases = (schema: string): string => `
-- At most one of those that ask is for a run.
CREATE OR REPLACE FUNCTION ${schema}.acquire_leases(asked json, now_ms double precision) RETURNS json LANGUAGE plpgsql AS $$
DECLARE answer json;
BEGIN
  IF asked IS NULL THEN RETURN NULL; END IF;
  WITH given AS (
    UPDATE ${schema}.heads h SET owner = a.owner, epoch = h.epoch + 1, lease_until = now_ms + a.ttl, due_at = 0
    FROM json_to_recordset(asked) AS a (n integer, run text, owner text, ttl double precision)
    WHERE h.id = a.run AND h.let_in IS NOT FALSE
      AND (h.owner IS NULL OR h.owner = a.owner OR h.lease_until <= now_ms)
    RETURNING a.n, h.epoch
  )
  SELECT json_build_object(
    'given', (SELECT json_agg(json_build_object('n', n, 'epoch', epoch)) FROM given),
    -- As it was before: of those that were not given, who has them, or which places they wait for.
    'found', (
      SELECT json_agg(json_build_object(
        'n', a.n, 'owner', h.owner, 'until', h.lease_until, 'waits_for', CASE WHEN h.let_in IS FALSE THEN h.shares END))
      FROM json_to_recordset(asked) AS a (n integer, run text)
      JOIN ${schema}.heads h ON h.id = a.run))
  INTO answer;
  RETURN answer;
END $$;

CREATE OR REPLACE FUNCTION ${schema}.renew_leases(asked json, now_ms double precision) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  IF asked IS NULL THEN RETURN NULL; END IF;
  UPDATE ${schema}.heads h SET lease_until = now_ms + a.ttl
  FROM json_to_recordset(asked) AS a (run text, owner text, epoch integer, ttl double precision)
  WHERE h.id = a.run AND h.owner = a.owner AND h.epoch = a.epoch;

  RETURN (
    SELECT json_agg(a.n)
    FROM json_to_recordset(asked) AS a (n integer, run text, owner text, epoch integer)
    WHERE NOT EXISTS (
      SELECT 1 FROM ${schema}.heads h WHERE h.id = a.run AND h.owner = a.owner AND h.epoch = a.epoch));
END $$;

-- With \`for_ms\` a lease is given up because the run waits: a message that is there wakes it at once.
CREATE OR REPLACE FUNCTION ${schema}.release_leases(asked json, now_ms double precision) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF asked IS NULL THEN RETURN; END IF;
  UPDATE ${schema}.heads h SET owner = NULL, lease_until = 0,
    due_at = CASE
      WHEN a.for_ms IS NULL OR EXISTS (SELECT 1 FROM ${schema}.inbox i WHERE i.run = h.run) THEN 0
      ELSE least(now_ms + a.for_ms, ${never}) END
  FROM json_to_recordset(asked) AS a (run text, owner text, epoch integer, for_ms double precision)
  WHERE h.id = a.run AND h.owner = a.owner AND h.epoch = a.epoch;
END $$;
`;
