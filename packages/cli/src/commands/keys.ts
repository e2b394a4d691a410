import { newKey } from '@telos/api/runs';
import type { NewKey } from '@telos/api/runs';
import { TelosError } from '@telos/core';
import { durationMs } from '@telos/language/text';
import { defineCommand, jsonOption } from '../command/command.ts';
import { listOf } from '../command/option-values.ts';
import { withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { addKey, listKeys, revokeKeys } from '../keys/kept-keys.ts';
import { writerOf } from '../output/writer.ts';

export const keys = defineCommand({
  name: 'keys',
  summary:
    'Gives out API keys and takes them back while servers run, which know a key by its digest alone; with a name and no action, makes an entry for TELOS_API_KEYS.',
  words: [
    { name: 'action', about: '`add`, `list` (when absent) or `revoke`; or whom a key is given to', needed: 'optional' },
    {
      name: 'name',
      about: 'with add: whom it is given to; with revoke: the id of one, or whose keys',
      needed: 'optional',
    },
  ],
  options: {
    roles: {
      type: 'value',
      value: 'names',
      about:
        'viewer, runner, editor or admin say what it may do; others behind one of these who is asked by an approval; with commas between them',
    },
    namespace: {
      type: 'value',
      value: 'name',
      about: 'the one whose runs it sees and starts; those of all when absent',
    },
    expires: {
      type: 'value',
      value: '90d',
      about: 'with add: for how long it is good; until it is revoked when absent',
    },
    json: jsonOption,
  },
  examples: [
    'telos keys add anna --roles editor,legal',
    'telos keys add reports --roles runner --namespace sales --expires 90d',
    'telos keys revoke anna',
    'telos keys ci --roles runner',
  ],
  async run({ words: [first, second], options }, terminal) {
    const roles = listOf(options.roles) ?? [];
    const now = terminal.now();
    if (options.expires !== undefined && first !== 'add')
      throw usage('--expires needs `telos keys add`: a key of TELOS_API_KEYS is good while its entry stands there.');
    if (first === undefined || first === 'list') {
      if (second !== undefined) throw usage(`\`telos keys list\` does not know what to do with "${second}".`);
      await withStore(terminal, options.json, (desk) => listKeys(desk, terminal.size().columns, now));
    } else if (first === 'revoke') {
      if (second === undefined) throw usage('`telos keys revoke` needs the id of a key, or whose keys.');
      await withStore(terminal, options.json, (desk) => revokeKeys(desk, second, now));
    } else if (first === 'add') {
      if (second === undefined) throw usage('`telos keys add` needs whom the key is given to.');
      const key = made(second, roles, options.namespace);
      const expires = options.expires === undefined ? {} : { expiresAt: now + spanOf(options.expires) };
      await withStore(terminal, options.json, (desk) => addKey(desk, key, { now, ...expires }));
    } else {
      if (second !== undefined) throw usage(`\`telos keys\` can add, list and revoke, not "${first}".`);
      const { key, digest: _digest, entry, ...holder } = made(first, roles, options.namespace);
      const writer = writerOf(terminal, options.json);
      writer.object({ type: 'key', ...holder, key, entry });
      writer.lines(
        `The key, which is shown this once:  ${key}`,
        `For TELOS_API_KEYS, behind a comma:  ${entry}`,
        'A server takes it from its next start on, and no longer once the entry is gone.',
      );
    }
    return exitCodes.succeeded;
  },
});

function made(name: string, roles: readonly string[], namespace: string | undefined): NewKey {
  const key = newKey({ name, roles, ...(namespace === undefined ? {} : { namespace }) });
  if (!('fault' in key)) return key;
  throw usage(`${key.fault}.`);
}

function spanOf(text: string): number {
  const ms = durationMs(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new TelosError('USAGE', `--expires ${text} is no duration.`, { next: 'Write it like --expires 90d.' });
}

function usage(message: string): TelosError {
  return new TelosError('USAGE', message, { next: 'See `telos keys --help`.' });
}
