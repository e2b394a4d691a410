/** What each head learns from: the development halves of the labelled sets, ordinary texts, and phrases of our own. */
import type { HeadName } from '../../src/injection/model/heads.ts';
import { dependencyComments } from './dependency-comments.ts';
import { dependencyReadmes, readmeParagraphs } from './dependency-readmes.ts';
import { disguised, disguises, suffix } from './disguises.ts';
import type { Example } from './example.ts';
import { pick, randomFrom } from './expand.ts';
import { ordinaryDocuments, ordinaryMessages, ordinaryProse } from './ordinary-texts.ts';
import { attackCode, phraseExamples } from './phrase-files.ts';
import { planted } from './planted.ts';
import type { Seedling } from './planted.ts';
import type { SharedSets } from './shared-sets.ts';
import { wrapped } from './wrappings.ts';

const variants = 6;
/** Of each pretext, with harmful goals and with harmless ones. */
const pretextWorth = 3;

export function trainingSet(head: HeadName, sets: SharedSets, folder: string): readonly Example[] {
  switch (head) {
    case 'message':
      return messageSet(sets, folder);
    case 'jailbreak':
      return jailbreakSet(sets, folder);
    case 'document':
      return documentSet(sets, folder);
    case 'tool':
      return toolSet(sets);
  }
}

function messageSet(sets: SharedSets, folder: string): readonly Example[] {
  const attacks = phraseExamples('attacks-message', variants);
  const harmless = [
    ...phraseExamples('benign-message', variants),
    ...phraseExamples('benign-jailbreak', variants),
    ...phraseExamples('benign-pretext', 24, pretextWorth),
  ];
  return [
    ...sets.messages('development'),
    ...sets.wishes('development'),
    ...attacks,
    ...inDisguise(
      attacks.filter(({ family }) => ['override', 'prompt_leak', 'limits_off', 'authority'].includes(family)),
      2,
    ),
    ...inDisguise(
      attacks.filter(({ family }) => ['override', 'prompt_leak'].includes(family)),
      1,
    ),
    ...polite(attacks),
    ...wrapped(attacks, 0.2),
    ...wrapped(harmless, 0.2),
    // Beside the same pretexts with harmless goals: what a pretext is for makes it an attack.
    ...phraseExamples('attacks-jailbreak', 12, 2),
    ...phraseExamples('attacks-pretext', 12, 2),
    ...phraseExamples('attacks-document', 2, 0.3).filter(({ family }) =>
      ['address', 'override_doc', 'exfiltrate', 'hidden_order', 'multilingual_doc'].includes(family),
    ),
    ...harmless,
    ...inDisguise(harmless.slice(0, 500), 1, 0.3),
    ...chained(harmless),
    // What people say all day is most of what a door sees.
    ...ordinaryMessages(folder).map((example) => ({ ...example, weight: example.weight * 2 })),
    ...ordinaryProse(folder),
    ...sets
      .documents('development')
      .filter(({ attack }) => !attack)
      .slice(0, 60),
    ...dependencyReadmes('development'),
  ];
}

function jailbreakSet(sets: SharedSets, folder: string): readonly Example[] {
  const framed = phraseExamples('attacks-jailbreak', 24, 4);
  const wishes = phraseExamples('benign-jailbreak', 10);
  return [
    ...sets.jailbreaks('development'),
    ...sets.messages('development').filter(({ group }) => /persona|suppression|authority|delimiter/.test(group)),
    ...framed,
    ...phraseExamples('attacks-message', variants).filter(({ family }) =>
      ['persona', 'limits_off', 'suppression', 'splitting', 'override', 'authority'].includes(family),
    ),
    ...suffixed([...wishes, ...framed]),
    ...sets.wishes('development').map((example) => ({ ...example, weight: 1.5 })),
    ...phraseExamples('attacks-pretext', 24, pretextWorth),
    ...phraseExamples('benign-pretext', 24, pretextWorth),
    ...wishes,
    ...phraseExamples('benign-message', variants),
    ...chained([...wishes, ...phraseExamples('benign-message', 3)]),
    ...ordinaryMessages(folder),
    ...ordinaryProse(folder),
    ...dependencyReadmes('development'),
  ];
}

function documentSet(sets: SharedSets, folder: string): readonly Example[] {
  const own = sets.documents('development');
  const clean = own.filter(({ attack }) => !attack);
  const ordinary = ordinaryDocuments(folder);
  const hosts = [...clean, ...clean, ...ordinary].map(({ texts }) => texts[0] ?? '');
  const code = attackCode();
  const attacks: Seedling[] = phraseExamples('attacks-document', variants).map((example) => {
    const text = example.texts[0] ?? '';
    const block = example.family === 'add_code' ? `\n\`\`\`\n${pick(code, randomFrom(text))}\n\`\`\`` : '';
    return { ...example, text: text + block };
  });
  const messages: Seedling[] = phraseExamples('attacks-message', 3, 0.5)
    .filter(({ family }) =>
      ['override', 'prompt_leak', 'delimiter', 'tool_hijack', 'multilingual', 'encoded_order'].includes(family),
    )
    .map((example) => ({ ...example, text: example.texts[0] ?? '' }));
  const ordinaryLines = phraseExamples('benign-document', variants);
  const harmless: Seedling[] = ordinaryLines
    // A request about a pasted text is whole by itself; amid another document it would be an order.
    .filter(({ family }) => family !== 'ask_about_pasted')
    .map((example) => ({ ...example, text: example.texts[0] ?? '' }));
  const hidden: Seedling[] = [...attacks, ...messages]
    .filter(({ text }, at) => at % 5 === 0 && text.length < 300)
    .map((seedling) => {
      const random = randomFrom(`disguise ${seedling.text}`);
      const name = pick(['base64', 'tags', 'zero width', 'hex', 'backwards', 'leet', 'full width'], random);
      return { ...seedling, text: disguised(seedling.text, name, random), weight: seedling.weight };
    });
  return [
    ...own,
    ...planted([...attacks, ...messages, ...hidden], hosts),
    ...planted(harmless, hosts, 2),
    ...ordinaryLines,
    ...ordinary,
    ...dependencyReadmes('development'),
  ];
}

function toolSet(sets: SharedSets): readonly Example[] {
  const attacks = phraseExamples('attacks-tool', 12, 2);
  const harmless = phraseExamples('benign-tool', 20, 2);
  return [
    ...sets.tools('development'),
    ...attacks,
    ...inDisguise(attacks, 1, 0.3),
    ...harmless,
    ...phraseExamples('attacks-document', 3, 0.4).filter(
      ({ family }) => !['reshape_answer', 'other_task', 'add_code'].includes(family),
    ),
    ...phraseExamples('attacks-message', 2, 0.3).filter(({ family }) =>
      ['override', 'prompt_leak', 'tool_hijack', 'delimiter'].includes(family),
    ),
    ...phraseExamples('benign-document', 2, 0.4),
    ...readmeParagraphs('development', 700),
    ...dependencyComments(),
  ];
}

function inDisguise(examples: readonly Example[], each: number, worth = 0.5): readonly Example[] {
  const names = Object.keys(disguises);
  return examples.flatMap((example, index) =>
    Array.from({ length: each }, (_, at) => {
      const text = example.texts[0] ?? '';
      const random = randomFrom(`${text} ${at}`);
      const name = names[(index * 5 + at * 7) % names.length] ?? 'base64';
      return { ...example, disguise: name, texts: [disguised(text, name, random)], weight: example.weight * worth };
    }),
  );
}

/** Attacks amid an ordinary request. */
function polite(attacks: readonly Example[]): readonly Example[] {
  const before = [
    'Hello! ',
    'Thanks, that helped. ',
    'I have a question about my order. ',
    'Can you recommend a book? ',
    'What is 4 times 12? ',
    'Translate "tree" into French. ',
  ];
  return attacks
    .filter((_, at) => at % 3 === 0)
    .map((example) => {
      const text = example.texts[0] ?? '';
      const random = randomFrom(text);
      return { ...example, texts: [pick(before, random) + text], weight: example.weight * 0.5 };
    });
}

/** Several harmless requests in one message, as people write them. */
function chained(examples: readonly Example[]): readonly Example[] {
  const openings = [
    '',
    '',
    'Good morning! ',
    'Some background first: I work in a small team. ',
    'Sorry to bother you again. ',
    'Quick one. ',
    'For my blog: ',
  ];
  const joints = [
    ' Then: ',
    ' And another thing: ',
    '\n\n',
    ' Besides, ',
    '\n- ',
    ' My friend asks: ',
    ' ',
    ' Last point: ',
    ' (And: ',
  ];
  const closings = ['', '', ' Thanks a lot!', ' Take your time.', ' No rush.', ' A short reply will do.'];
  return Array.from({ length: 800 }, (_, at) => {
    const random = randomFrom(`chain ${at}`);
    const parts = Array.from({ length: 2 + Math.floor(random() * 5) }, () => pick(examples, random).texts[0] ?? '');
    return {
      texts: [pick(openings, random) + parts.join(pick(joints, random)) + pick(closings, random)],
      attack: false,
      set: 'chained',
      group: `chain ${at % 20}`,
      weight: 0.6,
    };
  });
}

function suffixed(wishes: readonly Example[]): readonly Example[] {
  return wishes
    .filter((_, at) => at % 3 === 0)
    .map((example) => {
      const text = example.texts[0] ?? '';
      return { ...example, attack: true, set: 'suffixed', texts: [`${text} ${suffix(randomFrom(text))}`], weight: 0.4 };
    });
}
