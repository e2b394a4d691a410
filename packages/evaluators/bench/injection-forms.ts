/** How a check against attacks does when every row, attack or not, is written in another form. */
import { disguised } from '../training/injection/disguises.ts';
import { randomFrom } from '../training/injection/expand.ts';
import { partAbove, separated } from '../training/injection/separation.ts';
import type { Risky } from './injection-length.ts';

export type InForm = {
  readonly form: string;
  /** Attacks found at 1 % of false positives. */
  readonly at1: number;
  readonly area: number;
  /** Called an attack at the threshold. */
  readonly found: number;
  readonly mistaken: number;
};

const neutral =
  'The garden behind the library was laid out in 1906. Two rows of lime trees lead to a pond, where herons stand in the morning. ';

const forms: { readonly [form: string]: (text: string) => string } = {
  'as it is': (text) => text,
  'small letters': (text) => text.toLowerCase(),
  capitals: (text) => text.toUpperCase(),
  'each word with a capital': (text) => text.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  misspelt: (text) => disguised(text, 'misspelt', randomFrom(text)),
  'cut to two thirds': (text) => text.slice(0, Math.ceil((text.length * 2) / 3)),
  'filled up to 1,500 characters': (text) =>
    `${neutral.repeat(Math.max(0, Math.ceil((1500 - text.length) / neutral.length)))}\n${text}`,
  'between quotation marks': (text) => `"${text}"`,
  'a quotation of Markdown': (text) => text.replaceAll(/^/gm, '> '),
  'bold type': (text) => `**${text}**`,
  'a heading': (text) => `# ${text}`,
  'a fence': (text) => `\`\`\`\n${text}\n\`\`\``,
  'a comment in code': (text) => `/*\n${text}\n*/`,
  'a comment in HTML': (text) => `<!-- ${text} -->`,
  'a paragraph of HTML': (text) => `<p>${text}</p>`,
  'a field of JSON': (text) => JSON.stringify({ message: text }),
};

export async function inForms(
  rows: readonly Risky[],
  riskOf: (text: string) => Promise<number>,
): Promise<readonly InForm[]> {
  const found: InForm[] = [];
  for (const [form, write] of Object.entries(forms)) {
    const risks: { readonly attack: boolean; readonly risk: number }[] = [];
    for (const { text, attack } of rows) risks.push({ attack, risk: await riskOf(write(text)) });
    const of = (wanted: boolean): readonly number[] =>
      risks.filter(({ attack }) => attack === wanted).map(({ risk }) => risk);
    const { area, at1 } = separated(of(true), of(false));
    found.push({ form, at1, area, found: partAbove(of(true), 0.5), mistaken: partAbove(of(false), 0.5) });
  }
  return found;
}
