import { catalogGroups } from '@telos/core';
import type { CatalogEntry } from '@telos/core';

const kinds = {
  retryable: 'may succeed when tried again',
  terminal: 'will not succeed when tried again',
  bug: "is Telos's own fault",
} as const;

/** docs/errors.md: every code of the catalogue, by what it is about. */
export function errorsPage(): string {
  const lines = ['# Errors', ''];
  lines.push('Every deliberate failure has one of these codes. It is the same in the journal, in a trace, in an HTTP');
  lines.push('answer and on the command line. Written from the catalogue by `pnpm docs:errors`.', '');
  for (const [kind, meaning] of Object.entries(kinds)) lines.push(`- **${kind}**: ${meaning}`);
  for (const [name, entries] of Object.entries<Entries>(catalogGroups)) {
    lines.push(
      '',
      `## ${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      '',
      '| Code | Kind | What happened | What to do |',
      '| --- | --- | --- | --- |',
    );
    for (const [code, { kind, title, next }] of Object.entries(entries)) {
      lines.push(`| \`${code}\` | ${kind} | ${cell(title)} | ${cell(next)} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

type Entries = { readonly [code: string]: CatalogEntry };

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
