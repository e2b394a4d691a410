/** A server of the Model Context Protocol, as a connection names it. */
import { z } from 'zod';
import { closed } from './closed.ts';
import { duration, text } from './scalars.ts';
import { sizePattern } from '../text/size.ts';

const auth = z.union([text, closed({ bearer: text }), closed({ username: text, password: z.string() })]);

export const mcpConnection = closed({
  url: text.optional().meta({ description: 'Of a server that is reached by HTTP.' }),
  auth: auth.optional().meta({ description: 'A token, or { bearer }, or { username, password }.' }),
  headers: z.record(z.string(), z.string()).optional(),
  command: text
    .optional()
    .meta({ description: 'The program of a server that is started here, and spoken to by its stdin and stdout.' }),
  args: z.array(z.string()).optional(),
  env: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'Besides PATH, HOME and the like: it is given nothing else.' }),
  effects: z
    .record(text, z.enum(['read', 'write', 'irreversible']))
    .optional()
    .meta({ description: 'By names of its tools, or globs on them; goes before what the server says.' }),
  timeout: duration.optional().meta({ description: 'Of one call; default 60s.' }),
  max_size: z
    .union([z.int().min(1), z.string().regex(sizePattern, 'a size is a number, also with a unit, such as `2MiB`')])
    .optional()
    .meta({ description: 'Of one answer, in bytes; default 4MiB.' }),
}).meta({ description: 'A server of the Model Context Protocol.' });
