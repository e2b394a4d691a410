import { catalog } from '@telos/core';
import type { ErrorCode } from '@telos/core';

const kinds = {
  retryable: 'may succeed when tried again',
  terminal: 'will not succeed when tried again',
  bug: "is Telos's own fault",
} as const;

/**
 * docs/errors.md: every code of the catalogue under the heading it has there.
 *
 * @param source The text of the catalogue, of which only the headings (`// --- name`) and the order of codes are read.
 */
export function errorsPage(source: string): string {
  const lines = ['# Errors', ''];
  lines.push('Every deliberate failure has one of these codes. It is the same in the journal, in a trace, in an HTTP');
  lines.push('answer and on the command line. Written from the catalogue by `pnpm docs:errors`.', '');
  for (const [kind, meaning] of Object.entries(kinds)) lines.push(`- **${kind}**: ${meaning}`);
  for (const group of groupsOf(source)) {
    lines.push(
      '',
      `## ${group.heading}`,
      '',
      '| Code | Kind | What happened | What to do |',
      '| --- | --- | --- | --- |',
    );
    for (const code of group.codes) {
      const { kind, title, next } = catalog[code];
      lines.push(`| \`${code}\` | ${kind} | ${cell(title)} | ${cell(next)} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

type Group = { readonly heading: string; readonly codes: ErrorCode[] };

function groupsOf(source: string): readonly Group[] {
  const groups: Group[] = [];
  for (const line of source.split('\n')) {
    const heading = /^ {2}\/\/ --- (.+)$/.exec(line)?.[1];
    if (heading !== undefined) groups.push({ heading: heading.charAt(0).toUpperCase() + heading.slice(1), codes: [] });
    const code = /^ {2}([A-Z][A-Z0-9_]*):/.exec(line)?.[1];
    if (code !== undefined && isErrorCode(code)) groups.at(-1)?.codes.push(code);
  }
  return groups;
}

function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(catalog, name);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
