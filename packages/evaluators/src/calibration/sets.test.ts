/** The labelled sets that the project is developed with: each is read, whatever its shape. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLabelled } from './read-labelled.ts';
import type { Orientation } from './orientation.ts';

const data = path.resolve(import.meta.dirname, '../../../../../shared/data');
const present = existsSync(data);
if (!present) console.warn('Labelled sets are not read here: ../shared/data is absent.');

describe.skipIf(!present)('a set of labelled rows', () => {
  it.each<[string, Orientation, string, number]>([
    ['correctness_evouna', 'rates', 'class', 1960],
    ['groundedness_facts', 'rates', 'class', 216],
    ['groundedness_news', 'rates', 'class', 133],
    ['injection_direct', 'catches', 'class', 91],
    ['injection_indirect_bipia', 'catches', 'class', 303],
    ['injection_indirect_docs', 'catches', 'class', 80],
    ['jailbreak_artifacts', 'catches', 'class', 356],
    ['json_repair', 'rates', 'value', 0],
    ['moderation_xstest', 'catches', 'class', 198],
    ['pairwise_autoj', 'rates', 'preference', 0],
    ['pairwise_llmbar_cases', 'rates', 'preference', 0],
    ['pii_synth', 'catches', 'spans', 0],
    ['rating_sfhot', 'rates', 'rating', 0],
    ['secrets_tokens', 'catches', 'class', 348],
    ['tool_poisoning', 'catches', 'class', 42],
    ['topic_clinc', 'catches', 'class', 198],
  ])(
    '%s, by an evaluator that %s, has labels of the kind %s, %i of them positive',
    (set, orientation, kind, positives) => {
      const text = readFileSync(path.join(data, set, 'data.jsonl'), 'utf8');
      const cases = readLabelled([{ name: set, lines: text.split('\n') }], { orientation });
      expect(cases).toHaveLength(text.trim().split('\n').length);
      expect(new Set(cases.map(({ label }) => label.kind))).toEqual(new Set([kind]));
      expect(cases.filter(({ label }) => label.kind === 'class' && label.positive)).toHaveLength(positives);
      for (const { subject } of cases) expect(subject.text).not.toBe('');
    },
  );
});
