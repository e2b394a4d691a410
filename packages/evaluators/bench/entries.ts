/** What the table shows: a check on the part of a set that it was not made with. */
import { createHash } from 'node:crypto';
import type { JsonObject } from '@telos/core';
import type { FigureName } from '../src/calibration/index.ts';
import { attacksIn, documents, everyday, jailbreaks, messages, planted, tools, wishes } from './injection-rows.ts';
import type { LinesOf } from './injection-rows.ts';

type Entry = {
  readonly check: string;
  readonly set: string;
  /** In words; absent: the whole set was looked at by nobody. */
  readonly part?: string;
  readonly figures: readonly FigureName[];
  readonly labels?: { readonly labelField?: string; readonly positive?: readonly string[] };
  /** Spans of these types alone. */
  readonly types?: readonly string[];
  /** The lines to measure on, and the parameters, which may come from the others. Other sets may lend lines. */
  prepare(
    lines: readonly string[],
    linesOf: LinesOf,
  ): { readonly held: readonly string[]; readonly params: JsonObject };
};

const ofAttacks = ['recall_at_fpr_01', 'recall_at_fpr_03', 'auc', 'recall', 'precision'] as const;

/** Types of pii_synth that have a form of their own. */
export const structured = [
  'EMAIL_ADDRESS',
  'PHONE_NUMBER',
  'CREDIT_CARD',
  'IBAN_CODE',
  'IP_ADDRESS',
  'CRYPTO',
  'US_SSN',
  'UK_NINO',
  'US_DRIVER_LICENSE',
];

const denied = ['banking', 'credit_cards', 'small_talk', 'travel', 'meta', 'null'];

export const entries: readonly Entry[] = [
  {
    check: 'correctness',
    set: 'correctness_evouna',
    part: 'questions held out',
    figures: ['kappa', 'balanced_accuracy', 'auc', 'f1'],
    prepare: (lines) => ({
      held: lines.filter((line) => half(line, questionOf) === 1),
      params: {},
    }),
  },
  {
    check: 'topic',
    set: 'topic_clinc',
    part: 'rows held out; the other rows are the examples',
    figures: ['auc', 'balanced_accuracy', 'recall_at_fpr_03'],
    prepare: (lines) => topicsFrom(lines, () => true, true),
  },
  {
    check: 'topic',
    set: 'topic_clinc',
    part: 'the same without examples of what is outside',
    figures: ['auc', 'balanced_accuracy', 'recall_at_fpr_03'],
    prepare: (lines) => topicsFrom(lines, () => true, false),
  },
  {
    check: 'topic',
    set: 'topic_clinc',
    part: 'five of ten domains allowed, the others denied',
    figures: ['auc', 'balanced_accuracy', 'recall_at_fpr_03'],
    labels: { labelField: 'domain', positive: denied },
    prepare: (lines) => topicsFrom(lines, (domain) => !denied.includes(domain), true),
  },
  {
    check: 'relevance',
    set: 'correctness_evouna',
    part: 'questions held out, each with its answer and with that of another question',
    figures: ['auc', 'balanced_accuracy'],
    prepare: (lines) => ({ held: withStrangers(lines.filter((line) => half(line, questionOf) === 1)), params: {} }),
  },
  {
    check: 'json_schema',
    set: 'json_repair',
    part: 'all rows',
    figures: ['recall'],
    prepare: (lines) => ({ held: lines, params: {} }),
  },
  {
    check: 'faithfulness',
    set: 'groundedness_facts',
    part: 'rows held out; claims worded anew',
    figures: ['balanced_accuracy', 'auc', 'recall', 'precision'],
    prepare: (lines) => ({ held: lines.filter((line) => half(line) === 1), params: { min: 1 } }),
  },
  {
    check: 'faithfulness',
    set: 'groundedness_news',
    part: 'rows held out; one fact altered',
    figures: ['balanced_accuracy', 'auc', 'recall', 'precision'],
    prepare: (lines) => ({ held: lines.filter((line) => half(line) === 1), params: { min: 1 } }),
  },
  {
    check: 'pii',
    set: 'pii_synth',
    part: 'sentence frames held out; spans, exact, of the nine types that have a form',
    figures: ['f1', 'precision', 'recall'],
    types: structured,
    prepare: (lines) => ({ held: lines.filter(isFrameHeldOut), params: {} }),
  },
  {
    check: 'pii',
    set: 'pii_synth',
    part: 'the same, of people’s names',
    figures: ['f1', 'precision', 'recall'],
    types: ['PERSON'],
    prepare: (lines) => ({ held: lines.filter(isFrameHeldOut), params: { names: true } }),
  },
  {
    check: 'secrets',
    set: 'secrets_tokens',
    part: 'kinds held out',
    figures: ['recall', 'precision', 'auc'],
    prepare: (lines) => ({ held: lines.filter((line) => half(line, kindOf) === 1), params: {} }),
  },
  {
    check: 'injection',
    set: 'injection_direct',
    part: 'categories of attacks held out',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: messages(linesOf), params: {} }),
  },
  {
    check: 'injection',
    set: 'injection_direct',
    part: 'the same, and wishes of moderation_xstest held out, none of them an attack',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: [...messages(linesOf), ...wishes(linesOf)], params: {} }),
  },
  {
    check: 'injection',
    set: 'injection_direct',
    part: 'the same attacks beside everyday messages of topic_clinc and correctness_evouna that were not learned from',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: [...attacksIn(messages(linesOf)), ...everyday(linesOf)], params: {} }),
  },
  {
    check: 'injection',
    set: 'injection_indirect_docs',
    part: 'kinds of documents and of attacks held out',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: documents(linesOf), params: {} }),
  },
  {
    check: 'injection',
    set: 'injection_indirect_bipia',
    part: 'tables and attacks held out',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: planted(linesOf, 'table'), params: {} }),
  },
  {
    check: 'injection',
    set: 'injection_indirect_bipia',
    part: 'code and attacks held out',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: planted(linesOf, 'code'), params: {} }),
  },
  {
    check: 'jailbreak',
    set: 'jailbreak_artifacts',
    part: 'topics held out; beside harmless messages of injection_direct and wishes of moderation_xstest held out',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: jailbreaks(linesOf), params: {} }),
  },
  {
    check: 'jailbreak',
    set: 'jailbreak_artifacts',
    part: 'the same attacks beside everyday messages of topic_clinc and correctness_evouna that were not learned from',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: [...attacksIn(jailbreaks(linesOf)), ...everyday(linesOf)], params: {} }),
  },
  {
    check: 'jailbreak',
    set: 'jailbreak_artifacts',
    part: 'of these, PAIR: role-play and pretexts',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: jailbreaks(linesOf, (family) => family === 'pair'), params: {} }),
  },
  {
    check: 'jailbreak',
    set: 'jailbreak_artifacts',
    part: 'of these, suffixes and templates',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: jailbreaks(linesOf, (family) => family !== 'pair'), params: {} }),
  },
  {
    check: 'tool_poisoning',
    set: 'tool_poisoning',
    part: 'kinds of attacks held out',
    figures: ofAttacks,
    prepare: (_, linesOf) => ({ held: tools(linesOf), params: {} }),
  },
];

/** 0: made with; 1: held out. By the id, or by what rows have in common that must stay together. */
function half(line: string, groupOf: (row: Labelled) => string = ({ id }) => id): 0 | 1 {
  const group = groupOf(JSON.parse(line) as Labelled); // a line of a set
  return (createHash('sha256').update(group).digest()[0] ?? 0) % 2 === 0 ? 0 : 1;
}

type Labelled = { readonly id: string; readonly kind?: string };

function kindOf({ kind = '' }: Labelled): string {
  return kind;
}

/** The frame of a sentence that was written with personal data left open; odd ones were used to write the patterns. */
function isFrameHeldOut(line: string): boolean {
  const { template } = JSON.parse(line) as { readonly template: string | number }; // a row of pii_synth
  return Number(String(template).replace('none-', '')) % 2 === 0;
}

/** Topics by domain, with the rows of the one half as their examples. Rows about no topic have the domain null. */
function topicsFrom(lines: readonly string[], isAllowed: (domain: string) => boolean, withOutside: boolean) {
  const topics = new Map<string, string[]>();
  for (const line of lines.filter((each) => half(each) === 0)) {
    const { domain, text } = JSON.parse(line) as { readonly domain: string | null; readonly text: string }; // a row of topic_clinc
    topics.set(String(domain), [...(topics.get(String(domain)) ?? []), text]);
  }
  const named = [...topics].filter(([domain]) => domain !== 'null').map(([name, examples]) => ({ name, examples }));
  const deny = named.filter(({ name }) => !isAllowed(name));
  const params: JsonObject = {
    allow: named.filter(({ name }) => isAllowed(name)),
    ...(deny.length === 0 ? {} : { deny }),
    ...(withOutside ? { outside: topics.get('null') ?? [] } : {}),
  };
  return {
    held: lines.filter((line) => half(line) === 1).map((line) => line.replace('"domain": null', '"domain": "null"')),
    params,
  };
}

/** An answer's id is its question's with the answering system behind it. */
function questionOf({ id }: Labelled): string {
  return id.replace(/-[^-]*$/, '');
}

/** Each answer to its own question (1), and one of the same system to another question (0). */
function withStrangers(lines: readonly string[]): readonly string[] {
  type Row = { readonly id: string; readonly question: string; readonly answer: string; readonly system: string };
  const rows = lines.map((line) => JSON.parse(line) as Row); // rows of correctness_evouna
  const systems = Map.groupBy(rows, ({ system }) => system);
  return [...systems.values()].flatMap((ofSystem) =>
    ofSystem.flatMap(({ id, question, answer }, at) => {
      const stranger = ofSystem[(at + 37) % ofSystem.length]?.answer ?? '';
      return [
        JSON.stringify({ id, question, answer, label: 1 }),
        JSON.stringify({ id: `${id}-stranger`, question, answer: stranger, label: 0 }),
      ];
    }),
  );
}
