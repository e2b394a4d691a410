/** What a queue is trusted with: nothing. Who reads it learns which attempts there are; who writes to it has none made. */
import type { Job, JsonObject } from '@telos/core';
import { createSeals } from '@telos/executor/seals';
import { describe, expect, it } from 'vitest';
import type { Bells } from './bells.ts';
import { outputsOf } from './engine.ts';
import { createFleet } from './fleet.ts';
import type { Fleet } from './fleet.ts';

type StepJob = Extract<Job, { kind: 'step' }>;

const fleet = createFleet();
const { engineOf } = fleet;

/** All that is offered, as a queue is given it; what does not pass is lost. */
function noting(offered: StepJob[], passes: () => boolean = () => true): Bells {
  return {
    ...fleet.bells(),
    open() {
      const bell = fleet.bells().open();
      const offer = (jobs: readonly Job[]): Promise<void> => {
        const steps = jobs.filter((job) => job.kind === 'step');
        offered.push(...steps);
        return bell.offer(passes() ? jobs : jobs.filter(({ kind }) => kind === 'run'));
      };
      return { ...bell, offer };
    },
  };
}

/** What somebody puts into the queue who has no store. */
async function offer(...jobs: readonly Job[]): Promise<void> {
  const bell = fleet.bells().open();
  await bell.offer(jobs);
  await bell.close();
}

const helperOf: Fleet['helperOf'] = (engine, options) => fleet.helperOf(engine, { queues: ['gpu'], ...options });

const yaml = `
telos: 1
id: t
inputs: { note: string }
steps: [{ id: a, uses: act, queue: gpu, with: { note: "\${{ inputs.note }}", headers: { authorization: "\${{ secrets.KEY }}" } } }]
outputs: { a: "\${{ steps.a.output }}" }
`;

describe('in the queue of a step that runs on another worker', () => {
  it.each([
    ['small', 'the patient is Ann'],
    ['large', `the patient is Ann ${'z'.repeat(9000)}`],
  ])('stands which attempt it is, and nothing of what it sees and does: %s', async (_, note) => {
    const offered: StepJob[] = [];
    const seen: JsonObject[] = [];
    const tools = { act: (input: JsonObject) => (seen.push(input), 'done') };
    const secrets = { KEY: 's3cret-value' };
    const owner = await engineOf({ bells: noting(offered), tools, secrets });
    await helperOf(owner, { tools, secrets });
    const run = await owner.start(yaml, { note }, { created: { labels: ['private'] } });
    expect(outputsOf(await owner.ended(run))).toEqual({ a: 'done' });
    expect(seen).toEqual([{ note, headers: { authorization: 's3cret-value' } }]);
    const [job] = offered;
    expect(job).toEqual({
      kind: 'step',
      queue: 'steps.gpu',
      run,
      path: 'a',
      attempt: 1,
      priority: 'normal',
      share: 'default',
      task: { sealed: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/) },
    });
    const sealed = Buffer.from(String(job?.task?.['sealed']), 'base64').toString('latin1');
    for (const text of ['patient', 's3cret', 'act', 'note', 'KEY']) expect(sealed).not.toContain(text);
  });

  it('stands something else for each offer of the same attempt: equal inputs are not seen to be equal', async () => {
    const offered: StepJob[] = [];
    const owner = await engineOf({ bells: noting(offered, () => false), tools: { act: () => 1 } });
    const run = await owner.start(yaml, { note: 'same' });
    const again = await owner.start(yaml, { note: 'same' });
    for (const one of [run, again]) await owner.until(one, ({ type }) => type === 'step.started');
    await owner.clock.advance(0);
    const texts = offered.map(({ task }) => String(task?.['sealed']).slice(0, 100));
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.length).toBeGreaterThan(1);
  });
});

describe('a task that somebody has put into the queue', () => {
  /** A run whose step is placed and not begun: the owner's offers of it are lost until `goOn`. */
  async function placed() {
    const offered: StepJob[] = [];
    let passes = false;
    let calls = 0;
    const tools = { act: { effect: 'irreversible', run: () => Promise.resolve(++calls) } } as const;
    const options = { tools, secrets: { KEY: 's3cret-value' } };
    const owner = await engineOf({ ...options, bells: noting(offered, () => passes) });
    const helper = await helperOf(owner, { ...options, queues: ['gpu', 'cpu'] });
    const run = await owner.start(yaml, { note: 'x' });
    const other = await owner.start(yaml, { note: 'y' });
    for (const one of [run, other]) await owner.until(one, ({ type }) => type === 'step.started');
    await owner.clock.advance(6000);
    const job = offered.find((one) => one.run === run);
    if (job === undefined) throw new Error('Nothing was offered.');
    const otherJob = offered.find((one) => one.run === other);
    return {
      owner,
      helper,
      job,
      otherJob,
      async expectUntouched(): Promise<void> {
        for (let turn = 0; turn < 3; turn++) await owner.clock.advance(1000);
        expect(calls).toBe(0);
        expect(await owner.store.claims.of(run)).toEqual([]);
        expect(await owner.store.runs.get(run)).toMatchObject({ status: 'running' });
        expect(helper.problems).toMatchObject([{ message: expect.stringContaining('no process on this store') }]);
      },
      /** What the owner has offered is made all the same, once. */
      async goOn(): Promise<void> {
        passes = true;
        for (let turn = 0; turn < 3; turn++) await owner.clock.advance(6000);
        expect((await owner.ended(run)).phase.status).toBe('succeeded');
        expect((await owner.ended(other)).phase.status).toBe('succeeded');
        expect(calls).toBe(2);
      },
    };
  }

  type Placed = Awaited<ReturnType<typeof placed>>;

  const invented = {
    version: 2,
    program: 'p',
    step: { uses: 'act' },
    scope: {},
    idempotencyKey: 'k',
    labels: [],
    sources: {},
    shows: 'never',
  };

  it.each<[string, (given: Placed) => StepJob | Promise<StepJob>]>([
    ['bears no seal', ({ job }) => ({ ...job, task: { value: invented } })],
    ['bears what is none', ({ job }) => ({ ...job, task: { sealed: 'Zm9yZ2Vk' } })],
    ['has been altered', ({ job }) => ({ ...job, task: { sealed: altered(job) } })],
    ['is sealed by another store', sealedElsewhere],
    ['was sealed for another run', ({ job, otherJob }) => ({ ...job, task: otherJob?.task ?? {} })],
    ['was sealed for another step', ({ job }) => ({ ...job, path: 'b' })],
    ['was sealed for another attempt', ({ job }) => ({ ...job, attempt: 2 })],
    ['was sealed for another queue', ({ job }) => ({ ...job, queue: 'steps.cpu' })],
    ['was sealed for another namespace', ({ job }) => ({ ...job, share: 'someone' })],
  ])('is not begun that %s, nor does it stand in the way of the one that was placed', async (_, forge) => {
    const given = await placed();
    await offer(await forge(given));
    await given.expectUntouched();
    await given.goOn();
  });

  it('is not begun by a worker that does not serve the queue it was sealed for', async () => {
    const { owner, job } = await placed();
    let calls = 0;
    // Its text, as it is, is put where the workers of `cpu` fetch.
    const smuggling: Bells = {
      ...fleet.bells(),
      open() {
        const bell = fleet.bells().open();
        return {
          ...bell,
          serve: (options, handle) =>
            bell.serve(options, (one, signal) =>
              handle(one.kind === 'step' ? { ...one, queue: job.queue } : one, signal),
            ),
        };
      },
    };
    const tools = { act: () => ++calls };
    const thief = await helperOf(owner, { owner: 'thief', queues: ['tpu'], tools, bells: smuggling });
    await offer({ ...job, queue: 'steps.tpu' });
    for (let turn = 0; turn < 3; turn++) await owner.clock.advance(1000);
    expect(calls).toBe(0);
    expect(thief.problems).toMatchObject([{ message: expect.stringContaining('no process on this store') }]);
  });

  function altered({ task }: StepJob): string {
    const bytes = Buffer.from(String(task?.['sealed']), 'base64');
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    return bytes.toString('base64');
  }

  async function sealedElsewhere({ owner, job }: Placed): Promise<StepJob> {
    const task = await createSeals(owner.store.sealing).open(job);
    if (task === undefined) throw new Error('It was not sealed.');
    const other = createSeals({ key: () => Promise.resolve(new Uint8Array(32)) });
    return { ...job, task: await other.seal(job, task) };
  }
});
