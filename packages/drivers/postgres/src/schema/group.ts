/**
 * The group commit, as the server carries it out: one call, one transaction, one
 * flush, whatever the writes of one process are.
 *
 * It first takes the locks of all places that may be given away, and the heads of
 * all runs that it touches, each in an order of their own, so that two processes
 * never wait for each other in a circle. After that nothing can change between a
 * check and the write that relies on it.
 *
 * What is stored as JSON comes as text inside of the JSON here, for the server
 * refuses some strings that are JSON when it takes a document apart.
 *
 * Each part answers with what was refused or found; nothing that a caller did
 * makes it fail, for it carries the writes of others as well.
 *
 * Plans of these functions are made once on each connection and kept, which the
 * server must be told: it would rather make one for every number of runs. They
 * are often made while the tables are still small, so they are told to look rows
 * up by index for ever: a plan made for a hundred runs would read all of a million.
 */
import { appendEvents } from './append.ts';
import { beside } from './beside.ts';
import { claims } from './claims.ts';
import { createRuns } from './create.ts';
import { leases } from './leases.ts';
import { messages } from './messages.ts';
import { places } from './places.ts';

export const groupCommit = (schema: string): string => `
${beside(schema)}
${places(schema)}
${createRuns(schema)}
${leases(schema)}
${appendEvents(schema)}
${messages(schema)}
${claims(schema)}

-- instant: the store's time; NULL: this server's clock.
CREATE OR REPLACE FUNCTION ${schema}.commit_group(
  touched text[], instant double precision,
  ids text[], epochs integer[], afters integer[], lasts integer[], ends boolean[],
  row_chains integer[], row_lasts integer[], row_events text[],
  details json, others json
) RETURNS json LANGUAGE plpgsql
  SET plan_cache_mode = force_generic_plan
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off SET lock_timeout = '2s'
AS $$
DECLARE
  asked record;                                           -- others, taken apart once
  now_ms double precision;
  created json;
  acquired json;
  lost json;
  appended json;
  unposted json;
  claimed json;
BEGIN
  SELECT * INTO asked FROM json_to_record(others) AS o (
    "create" json, create_details json, acquire json, renew json, claim json, "callOff" json, post json, forget json, release json);
  -- Read again only where a new run may name places.
  IF strpos(asked."create"::text, '"shares"') > 0 OR true = ANY (ends) THEN
    PERFORM ${schema}.lock_places(ARRAY(
      SELECT shares FROM json_to_recordset(asked."create") AS a (shares text)
      UNION ALL
      SELECT h.shares FROM unnest(ids, ends) AS a (id, ends) JOIN ${schema}.heads h ON h.id = a.id WHERE a.ends));
  END IF;
  -- One alone waits for nobody while it holds another.
  IF cardinality(touched) > 1 OR others IS NOT NULL THEN
    PERFORM 1 FROM ${schema}.heads WHERE id = ANY (touched) ORDER BY run FOR NO KEY UPDATE;
  END IF;

  IF others IS NOT NULL THEN
    now_ms := coalesce(instant, extract(epoch FROM clock_timestamp()) * 1000);
    IF asked."create" IS NOT NULL THEN
      created := ${schema}.create_runs(asked."create", asked.create_details, now_ms);
    END IF;
    acquired := ${schema}.acquire_leases(asked.acquire, now_ms);
    lost := ${schema}.renew_leases(asked.renew, now_ms);
    -- Before a run ends, with which its claims go that were not called off.
    claimed := ${schema}.claim_tasks(asked.claim, asked."callOff");
  END IF;
  IF cardinality(ids) > 0 THEN
    appended := ${schema}.append_events(ids, epochs, afters, lasts, ends, row_chains, row_lasts, row_events, details);
    IF appended IS NULL AND others IS NULL THEN RETURN NULL; END IF;
  END IF;
  IF others IS NOT NULL THEN
    unposted := ${schema}.post_messages(asked.post);
    PERFORM ${schema}.forget_tasks(asked.forget);
    PERFORM ${schema}.release_leases(asked.release, now_ms);
  END IF;
  RETURN json_strip_nulls(json_build_object(
    'created', created, 'acquired', acquired, 'lost', lost, 'appended', appended, 'unposted', unposted, 'claimed', claimed));
END $$;
`;
