/**
 * The group commit, as the server carries it out: one call, one transaction, one
 * flush, whatever the writes of one process are.
 *
 * It first takes the heads of all runs that it touches, in the order of their
 * numbers, so that two processes never wait for each other in a circle. After
 * that nothing can change between a check and the write that relies on it.
 *
 * Each part answers with what was refused or found; nothing that a caller did
 * makes it fail, for it carries the writes of others as well.
 *
 * Plans of these functions are made once on each connection, often while the
 * tables are still small. They are told to look rows up by index for ever, since
 * a plan made for a hundred runs would read all of a million.
 */
import { appendEvents } from './append.ts';
import { createRuns } from './create.ts';
import { leases } from './leases.ts';

export const groupCommit = (schema: string): string => `
${createRuns(schema)}
${leases(schema)}
${appendEvents(schema)}

CREATE FUNCTION ${schema}.post_messages(asked json) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ${schema}.inbox (run, id, message)
  SELECT h.run, a.message_id, a.message::text
  FROM json_to_recordset(asked) AS a (n integer, run text, message_id text, message json)
  JOIN ${schema}.heads h ON h.id = a.run
  WHERE NOT h.finished
  ORDER BY a.n
  ON CONFLICT (run, id) DO NOTHING;

  RETURN (
    SELECT json_agg(json_build_object('n', a.n, 'finished', h.finished))
    FROM json_to_recordset(asked) AS a (n integer, run text)
    LEFT JOIN ${schema}.heads h ON h.id = a.run
    WHERE h.finished IS NOT FALSE);
END $$;

-- instant: the store's time; NULL: this server's clock.
CREATE FUNCTION ${schema}.commit_group(
  touched text[], instant double precision,
  ids text[], epochs integer[], afters integer[], lasts integer[], ends boolean[],
  row_chains integer[], row_lasts integer[], row_events text[],
  details json, others json
) RETURNS json LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET lock_timeout = '2s'
AS $$
DECLARE
  now_ms double precision;
  created json;
  acquired json;
  lost json;
  refused json;
  unposted json;
BEGIN
  PERFORM 1 FROM ${schema}.heads WHERE id = ANY (touched) ORDER BY run FOR NO KEY UPDATE;
  IF others IS NOT NULL THEN
    now_ms := coalesce(instant, extract(epoch FROM clock_timestamp()) * 1000);
    created := ${schema}.create_runs(others -> 'create');
    acquired := ${schema}.acquire_leases(others -> 'acquire', now_ms);
    lost := ${schema}.renew_leases(others -> 'renew', now_ms);
  END IF;
  IF cardinality(ids) > 0 THEN
    refused := ${schema}.append_events(ids, epochs, afters, lasts, ends, row_chains, row_lasts, row_events, details);
  END IF;
  IF others IS NOT NULL THEN
    unposted := ${schema}.post_messages(others -> 'post');
    PERFORM ${schema}.release_leases(others -> 'release');
  END IF;
  RETURN json_strip_nulls(json_build_object(
    'created', created, 'acquired', acquired, 'lost', lost, 'refused', refused, 'unposted', unposted));
END $$;
`;
