/**
 * What the YAML parser found, in words that say what to change. One slip often
 * makes several errors, so only the first of a line is told, and none that says
 * no more than that the parser has lost its way.
 */
import type { YAMLError } from 'yaml';
import type { SourceFault } from './source-fault.ts';

export const bracesHint = 'YAML reads unquoted `{{` as a map: put quotes around the whole value, "${{ ... }}"';
const columnHint = 'the keys of one map begin in the same column, and so do the items of one list';

export function syntaxFaults(errors: readonly YAMLError[], text: string): readonly SourceFault[] {
  const told = new Set<number>();
  const faults: SourceFault[] = [];
  for (const error of errors) {
    if (error.code === 'DUPLICATE_KEY') {
      const key = text.slice(error.pos[0], error.pos[1]);
      const message = `the key \`${key}\` stands twice in this map`;
      faults.push({ code: 'DUPLICATE_KEY', place: [], offset: error.pos[0], message });
      continue;
    }
    const line = lineStart(text, error.pos[0]);
    if (told.has(line) || (told.size > 0 && isEcho(error))) continue;
    told.add(line);
    faults.push({ code: 'YAML_SYNTAX', place: [], ...tell(error, errors, text) });
  }
  return faults;
}

/** The document has ended for the parser, at an error told before; each line that follows is one more error. */
function isEcho({ message }: YAMLError): boolean {
  return message.includes('token in YAML stream');
}

type Told = Pick<SourceFault, 'message' | 'hint' | 'offset'>;

function tell(error: YAMLError, errors: readonly YAMLError[], text: string): Told {
  const offset = error.pos[0];
  if (/(?:^|[^"'])\$?\{\{/.test(lineAt(text, offset))) {
    return { offset, message: 'an expression stands here without quotes', hint: bracesHint };
  }
  if (error.code === 'TAB_AS_INDENT') return { ...plainly(error), hint: 'indent with blanks, two for each level' };
  if (error.code === 'BAD_SCALAR_START') return { ...plainly(error), hint: 'put quotes around the whole value' };
  if (error.message.startsWith('Sequence item without')) {
    const message = 'this line is indented too little to belong to the lines above it';
    return { offset: firstLetter(text, offset), message, hint: columnHint };
  }
  if (error.code !== 'BLOCK_AS_IMPLICIT_KEY') return plainly(error);
  if (error.message.startsWith('A block sequence')) {
    const message = 'this item is not in line with the items above it';
    return { offset: firstLetter(text, offset), message, hint: columnHint };
  }
  // A value and the key of the next line were read as one key: that line is too far in.
  if (errors.some((other) => other.code === 'MULTILINE_IMPLICIT_KEY' && other.pos[0] === offset)) {
    const next = firstLetter(text, text.indexOf('\n', offset) + 1);
    return { offset: next, message: 'this line is indented too far', hint: columnHint };
  }
  return {
    offset,
    message: 'this text holds `: `, which makes a map of it',
    hint: 'put quotes around the text, or write it below the key after `|`',
  };
}

function plainly(error: YAMLError): Told {
  const message = error.message.replace(/; please use YAML\.parseAllDocuments\(\)$/, '');
  return { offset: error.pos[0], message: message.charAt(0).toLowerCase() + message.slice(1) };
}

function lineStart(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function lineAt(text: string, offset: number): string {
  return text.slice(lineStart(text, offset), (text + '\n').indexOf('\n', offset));
}

/** Offset of the first character from `offset` that is no blank. */
function firstLetter(text: string, offset: number): number {
  return offset + Math.max(0, text.slice(offset).search(/\S/));
}
