/** Secrets reach the tool and nothing else: whatever it does with them, the journal, the live stream and the errors show a mask. */
import { TelosError } from '@telos/core';
import type { LivePart, Subject } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine, untilAborted } from './engine.ts';
import type { Act, Engine } from './engine.ts';

let engine: Engine;
afterEach(() => engine.close());

const secret = 'p"ss/w ör+d-7731';
const url = `postgres://sales:${encodeURIComponent(secret)}@db.example/sales`;

const step = `telos: 1
id: t
tools:
  crm: { db: { url: "\${{ secrets.URL }}", access: read } }
steps:
  - { id: a, uses: act, with: { headers: { authorization: "Bearer \${{ secrets.TOKEN }}" } } }
outputs: { a: "\${{ steps.a.output }}" }
`;

/** Every way in which the secret may be spelt. */
const spellings = [
  secret,
  url,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
];

/** Runs the step and gives everything that the outside can see of it. */
async function shown(act: Act): Promise<string> {
  engine = await openEngine({ secrets: { TOKEN: secret, URL: url }, tools: { act } });
  const run = await engine.start(step);
  const parts: LivePart[] = [];
  engine.live.subscribe(run, (part) => parts.push(part));
  const state = await engine.ended(run);
  const blobs: string[] = [];
  for (const hash of JSON.stringify(await engine.events(run)).matchAll(/"blob":"(?<hash>[0-9a-f]+)"/g)) {
    const found = await engine.store.blobs.get(hash.groups?.['hash'] ?? '');
    blobs.push(new TextDecoder().decode(found?.bytes));
  }
  const seen = [await engine.events(run), state.phase, [...state.steps], parts, engine.problems.map(String)];
  return JSON.stringify(seen) + blobs.join('\n');
}

const usage = { input_tokens: 0, output_tokens: 0, usd: 0, ms: 0, calls: 1 };

describe('a secret', () => {
  it.each<[string, Act]>([
    ['throws an error with its input in it', (input) => Promise.reject(new Error(`No: ${JSON.stringify(input)}`))],
    [
      'throws an error with details',
      () => Promise.reject(new TelosError('TOOL_FAILED', 'No.', { details: { header: `Bearer ${secret}` } })),
    ],
    [
      'throws an error with a connection in it',
      (_, { connection }) => Promise.reject(new Error(`No route to ${JSON.stringify(connection('crm')?.with)}`)),
    ],
    ['echoes its headers', (input) => input],
    ['echoes them in the middle of something large', (input) => `${'x'.repeat(9000)}${JSON.stringify(input)}`],
    ['spells it for a URL', () => `https://example.com/?token=${encodeURIComponent(secret)}`],
    ['spells it in base64', () => [Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('base64url')]],
    ['uses it as the name of a field', () => ({ [secret]: 1 })],
    [
      'records it in a call',
      (input, { record }) => {
        const error = { code: 'TOOL_FAILED', kind: 'terminal', message: secret } as const;
        record({ kind: 'http', name: 'x', startedAt: 0, ms: 1, input, output: input, usage, error });
        return null;
      },
    ],
    [
      'shows it while it works',
      (input, { emitText, progress }) => {
        emitText(JSON.stringify(input));
        progress(secret, input);
        return null;
      },
    ],
  ])('is masked when its tool %s', async (_, act) => {
    const seen = await shown(act);
    for (const spelling of spellings) {
      expect(seen).not.toContain(spelling);
      expect(seen).not.toContain(JSON.stringify(spelling).slice(1, -1));
    }
    expect(seen).toContain('***');
  });

  it.each(['', 'u', 'us', 'user:'])('is masked inside the base64 of %j and it', async (before) => {
    const whole = Buffer.from(`${before}${secret}`).toString('base64');
    engine = await openEngine({ secrets: { TOKEN: secret, URL: url }, tools: { act: () => `Basic ${whole}` } });
    const { phase } = await engine.run(step);
    // A character of base64 stands for bits of two bytes, so what is left says less than one byte of the secret.
    const left = JSON.stringify(phase).match(/Basic (?<left>[^"]*)/)?.groups?.['left'] ?? '';
    expect(left).toContain('***');
    expect(left.length).toBeLessThan(before.length * 1.5 + 10);
  });

  it('is not shown to the checks of its step', async () => {
    let seen: Subject | undefined;
    engine = await openEngine({
      secrets: { TOKEN: secret, URL: url },
      tools: { act: ({ headers }) => headers ?? null },
      checks: {
        look: (subject) => {
          seen = subject;
          return Promise.resolve({ score: 1, verdict: 'pass', reason: '' });
        },
      },
    });
    await engine.run(step.replace('TOKEN }}" } } }', 'TOKEN }}" }, page: 3 }, gate: { checks: [{ look: {} }] } }'));
    expect(seen).toMatchObject({ input: { headers: { authorization: 'Bearer ***' }, page: 3 } });
    expect(JSON.stringify(seen)).not.toContain(JSON.stringify(secret).slice(1, -1));
  });

  it('is asked for only by the step that names it, though another begins with the same letters', async () => {
    engine = await openEngine({ secrets: { TOKEN_B: 'the second' }, tools: { act: ({ headers }) => headers ?? null } });
    const state = await engine.run(`telos: 1
id: t
steps:
  - { id: b, uses: act, with: { headers: { x: "\${{ secrets.TOKEN_B }}" } } }
  - { id: a, uses: act, with: { headers: { x: "\${{ secrets.TOKEN }}" } } }
`);
    expect(state.steps.get('b')?.status).toBe('succeeded');
    expect(state.steps.get('a')).toMatchObject({ error: { code: 'SECRET_MISSING' } });
  });

  it('leaves everything else as it is', async () => {
    engine = await openEngine({
      secrets: { TOKEN: secret, URL: url },
      tools: { act: () => ({ n: 1, list: ['a', null] }) },
    });
    const state = await engine.run(step);
    expect(state.phase).toMatchObject({ outputs: { value: { a: { n: 1, list: ['a', null] } } } });
  });

  it('that is a letter or two is not looked for, or it would be found in every word', async () => {
    engine = await openEngine({ secrets: { TOKEN: 'a', URL: url }, tools: { act: () => 'banana' } });
    const state = await engine.run(step);
    expect(state.phase).toMatchObject({ outputs: { value: { a: 'banana' } } });
  });

  it('is shown in no text that brings it letter by letter, nor in what is kept of one that is cut short', async () => {
    const shown = createLatch();
    engine = await openEngine({
      secrets: { TOKEN: secret, URL: url },
      tools: {
        act: (_, { emitText, signal }) => {
          for (const letter of `It is ${secret}, or p"ss/w. ${url} p"ss`) emitText(letter);
          shown.open();
          return untilAborted(signal);
        },
      },
    });
    const run = await engine.start(step);
    let text = '';
    engine.live.subscribe(run, (part) => (text += part.type === 'text' ? part.text : ''));
    await shown.reached;
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    const state = await engine.ended(run);
    const safe = 'It is ***, or p"ss/w. *** ';
    expect(text).toBe(safe);
    expect(state.steps.get('a')).toMatchObject({ status: 'cancelled', partial: { value: safe } });
  });

  it('holds back nothing of a text that ends with what only looked like its beginning', async () => {
    engine = await openEngine({
      secrets: { TOKEN: secret, URL: url },
      tools: { act: (_, { emitText }) => (emitText('It is p"'), emitText('ss'), null) },
    });
    const run = await engine.start(step);
    let text = '';
    engine.live.subscribe(run, (part) => (text += part.type === 'text' ? part.text : ''));
    await engine.ended(run);
    expect(text).toBe('It is p"ss');
  });
});
