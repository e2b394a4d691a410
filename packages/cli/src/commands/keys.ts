import { createHash, randomBytes } from 'node:crypto';
import { readApiKeyEntry } from '@telos/contract';
import { TelosError } from '@telos/core';
import { defineCommand, jsonOption } from '../command/command.ts';
import { exitCodes } from '../exit-codes.ts';
import { writerOf } from '../output/writer.ts';

export const keys = defineCommand({
  name: 'keys',
  summary:
    'Makes an API key, and the entry for TELOS_API_KEYS by which a server knows it: its digest, and never itself.',
  words: [{ name: 'name', about: 'whom it is given to', needed: 'one' }],
  options: {
    roles: {
      type: 'value',
      value: 'names',
      about:
        'viewer, runner, editor or admin say what it may do; others who is asked by an approval; with commas between them',
    },
    namespace: {
      type: 'value',
      value: 'name',
      about: 'the one whose runs it sees and starts; those of all when absent',
    },
    json: jsonOption,
  },
  examples: ['telos keys anna --roles editor,legal', 'telos keys reports --roles runner --namespace sales'],
  async run({ words: [name = ''], options }, terminal) {
    const key = `telos_${randomBytes(32).toString('base64url')}`;
    const digest = `sha256:${createHash('sha256').update(key, 'utf8').digest('hex')}`;
    const roles = (options.roles ?? '')
      .split(',')
      .map((role) => role.trim())
      .filter((role) => role !== '');
    const { namespace } = options;
    const place = namespace === undefined ? '' : `@${namespace}`;
    const entry = `${name}${roles.length === 0 ? '' : `:${roles.join('+')}`}${place}=${digest}`;
    const read = readApiKeyEntry(entry);
    if (read.name !== name || read.key !== digest || read.namespace !== namespace) {
      throw new TelosError('USAGE', `\`${entry.slice(0, entry.indexOf('='))}\` cannot stand before a key.`, {
        next: 'Names and roles begin with a letter, and hold letters, digits, `_`, `.` and `-`; a namespace has no capitals.',
      });
    }
    const writer = writerOf(terminal, options.json);
    writer.object({ type: 'key', name, roles, ...(namespace === undefined ? {} : { namespace }), key, entry });
    writer.lines(
      `The key, which is shown this once:  ${key}`,
      `For TELOS_API_KEYS, behind a comma:  ${entry}`,
      'A server takes it from its next start on, and no longer once the entry is gone.',
    );
    return exitCodes.succeeded;
  },
});
