/** What people type who come from other tools, and the command line that does it here. */
import { nearest } from '@telos/language/text';

const habits: ReadonlyMap<string, string> = new Map([
  ['list', 'runs'],
  ['ls', 'runs'],
  ['ps', 'runs'],
  ['history', 'runs'],
  ['status', 'show'],
  ['get', 'show'],
  ['inspect', 'show'],
  ['describe', 'show'],
  ['trace', 'show'],
  ['log', 'show'],
  ['logs', 'show'],
  ['tail', 'watch'],
  ['follow', 'watch'],
  ['exec', 'run'],
  ['start', 'serve'],
  ['server', 'serve'],
  ['up', 'serve'],
  ['ui', 'serve'],
  ['studio', 'serve'],
  ['validate', 'check'],
  ['lint', 'check'],
  ['compile', 'check'],
  ['new', 'init'],
  ['create', 'init'],
  ['stop', 'cancel'],
  ['kill', 'cancel'],
  ['delete', 'prune'],
  ['rm', 'prune'],
  ['clean', 'prune'],
  ['approve', 'approvals approve'],
  ['reject', 'approvals reject'],
  ['rerun', 'retry'],
  ['replay', 'fork'],
  ['version', '--version'],
]);

/** What was most likely meant by a word that is no command: `run a.yaml`. */
export function meantBy(word: string, commands: readonly string[]): string | undefined {
  if (/\.(?:ya?ml|jsonc?)$/.test(word)) return `run ${word}`;
  return habits.get(word) ?? nearest(word, commands);
}
