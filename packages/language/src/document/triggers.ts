/** What starts runs by itself. */
import { z } from 'zod';
import { closed } from './closed.ts';
import { template, text } from './scalars.ts';

const inputs = z
  .union([z.record(z.string(), template), text])
  .meta({ description: 'What the run is given; text may hold ${{ event.... }}.' });

const schedule = closed({
  cron: text.meta({ description: 'minute hour day month weekday; with a sixth field, seconds come first.' }),
  timezone: text.optional().meta({ description: 'An IANA name such as Europe/Paris; default UTC.' }),
  missed: z.enum(['skip', 'run_once', 'run_all']).optional().meta({
    description: 'Firings that nobody was there for: none, one for all, or each. Default skip.',
  }),
  inputs: inputs.optional(),
});

/** No dot at the start of a part, so that no path leads up. */
const hookPath = /^(?:\/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+$/;

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

const webhook = closed({
  path: z
    .string()
    .max(200, 'a path may have 200 characters')
    .regex(hookPath, 'a path begins with `/` and holds letters, digits, `-`, `_`, `.` and `~`')
    .meta({ description: 'Under /hooks.' }),
  dedupe: text.optional().meta({ description: 'Two requests for which it gives the same text are one.' }),
  signature: closed({
    secret: text.meta({ description: 'The name of the secret.' }),
    scheme: z.enum(['standard']).optional().meta({
      description: 'As Standard Webhooks has it: over the id, the time and the body, and at most five minutes old.',
    }),
    header: z.string().regex(headerName, 'this is no name of a header').optional(),
    algorithm: z.enum(['sha256', 'sha1', 'sha512']).optional().meta({ description: 'Default sha256.' }),
    prefix: z.string().optional().meta({ description: 'What stands before the digest; default `sha256=`.' }),
    encoding: z.enum(['hex', 'base64']).optional().meta({ description: 'Default hex.' }),
  })
    .optional()
    .meta({ description: 'How a request proves where it comes from: HMAC of its body, or a scheme.' }),
  inputs: inputs.optional(),
});

export const triggers = closed({
  schedule: z
    .array(schedule)
    .min(1, 'it never fires')
    .max(50, 'a workflow may have 50 schedules')
    .optional()
    .meta({ description: 'By the clock.' }),
  webhook: webhook.optional().meta({ description: 'By an HTTP request to /hooks.' }),
});
