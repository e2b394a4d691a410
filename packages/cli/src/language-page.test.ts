/** The examples of docs/language.md, against the tools and checks that are there. A part of a file is given what it leaves out. */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { compile } from '@telos/language';
import { describe, expect, it } from 'vitest';
import { composeCatalogue } from './compose/catalogue.ts';
import { loadConfig } from './config/load-config.ts';

const page = readFileSync(new URL('../../../docs/language.md', import.meta.url), 'utf8');
const examples = Array.from(page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm), ([, text = '']) => text).filter((text) =>
  text.split('\n').some((line) => line !== '' && !line.startsWith('#')),
);

const around: { readonly [key: string]: string } = {
  telos: '1',
  id: 'example',
  inputs: '{ vendor: string, questions: { type: array, items: { type: string }, default: [] } }',
  models: '{ small: ollama/llama3.2, large: openai/gpt-5.2 }',
  tools: '{ sales: { db: { url: "sqlite:sales.db" } } }',
  evaluators: '{ quality: { uses: judge, with: { rubric: ["it answers"] } } }',
  steps: '[{ id: draft, uses: transform, with: { value: 1 } }]',
};

function whole(example: string): string {
  const text = /^ {2}- /.test(example) ? `steps:\n${example}` : example;
  const missing = Object.entries(around).filter(([key]) => !new RegExp(`^${key}:`, 'm').test(text));
  return `${missing.map(([key, value]) => `${key}: ${value}\n`).join('')}${text}`;
}

describe('the page about the language', () => {
  it.each(examples.map((text) => [text.trim().split('\n', 1)[0] ?? '', text]))(
    'has an example that compiles: %s',
    async (_first, text) => {
      const { catalog } = composeCatalogue(await loadConfig({}, tmpdir()), tmpdir());
      const result = compile(whole(text), { catalog });
      expect(result.ok ? [] : result.faults.map(({ message, path }) => `${path}: ${message}`)).toEqual([]);
    },
  );

  it('has an example of every block, and of everything else that a file may hold', () => {
    const written = examples.join('\n');
    const blocks = [
      'foreach',
      'parallel',
      'switch',
      'loop',
      'wait',
      'approve',
      'workflow',
      'plan',
      'agent',
      'map_reduce',
      'best_of',
    ];
    const parts = ['triggers', 'limits', 'permissions', 'catch', 'finally', 'compensate', 'probe', 'gate', 'outputs'];
    expect([...blocks, ...parts].filter((key) => !new RegExp(`[\\s{]${key}:`).test(written))).toEqual([]);
  });
});
