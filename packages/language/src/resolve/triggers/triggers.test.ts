import { describe, expect, it } from 'vitest';
import { briefFaults, compiled, faultsOf } from '../../testing/sample-catalog.ts';
import { plain, workflow } from '../../testing/written.ts';

/** `triggers` stands in line 4. */
const triggered = (triggers: string, inputs = '{ topic: { type: string, default: news } }') =>
  workflow(`inputs: ${inputs}\ntriggers: { ${triggers} }\nsteps: [${plain}]`);
const triggersOf = (triggers: string, inputs?: string) => compiled(triggered(triggers, inputs)).program.triggers;

describe('a schedule', () => {
  it('fires in UTC, and not for what it missed, unless it says otherwise', () => {
    expect(triggersOf('schedule: [{ cron: "0 7 * * 1-5" }]')).toEqual({
      schedule: [{ cron: '0 7 * * 1-5', timezone: 'UTC', missed: 'skip' }],
    });
  });

  it('gives its runs inputs, which see when it fires', () => {
    const schedule =
      '{ cron: "0 0 7 * * MON", timezone: Europe/Paris, missed: run_all, inputs: { topic: "news of ${{ event.scheduled_at }}" } }';
    expect(triggersOf(`schedule: [${schedule}]`)?.schedule).toEqual([
      {
        cron: '0 0 7 * * MON',
        timezone: 'Europe/Paris',
        missed: 'run_all',
        inputs: { topic: 'news of ${{ event.scheduled_at }}' },
      },
    ]);
  });

  it.each([
    ['{ cron: "61 * * * *" }', '4:32 INVALID_VALUE triggers.schedule[0].cron'],
    ['{ timezone: UTC }', '4:24 MISSING_KEY triggers.schedule[0].cron'],
    ['{ cron: "* * * * *", timezone: Europe/Pari }', '4:55 INVALID_VALUE triggers.schedule[0].timezone'],
    ['{ cron: "* * * * *", missed: once }', '4:53 INVALID_VALUE triggers.schedule[0].missed'],
    ['{ cron: "* * * * *", at: 7 }', '4:45 UNKNOWN_KEY triggers.schedule[0].at'],
    ['{ cron: "* * * * *", inputs: { topik: a } }', '4:55 UNKNOWN_INPUT triggers.schedule[0].inputs.topik'],
    ['{ cron: "* * * * *", inputs: { topic: 3 } }', '4:62 INVALID_VALUE triggers.schedule[0].inputs.topic'],
    [
      '{ cron: "* * * * *", inputs: { topic: "${{ event.body }}" } }',
      '4:67 UNKNOWN_NAME triggers.schedule[0].inputs.topic',
    ],
    [
      '{ cron: "* * * * *", inputs: { topic: "${{ inputs.topic }}" } }',
      '4:67 UNKNOWN_NAME triggers.schedule[0].inputs.topic',
    ],
    [
      '{ cron: "* * * * *", inputs: { topic: "${{ run.id }}" } }',
      '4:67 UNKNOWN_NAME triggers.schedule[0].inputs.topic',
    ],
  ])('%s is refused at its place', (schedule, fault) => {
    expect(briefFaults(triggered(`schedule: [${schedule}]`))).toEqual([fault]);
  });

  it('gives every input that a run cannot do without', () => {
    const needed = '{ topic: string, size: { type: integer, required: false } }';
    expect(briefFaults(triggered('schedule: [{ cron: "* * * * *" }]', needed))).toEqual([
      '4:24 MISSING_KEY triggers.schedule[0]',
    ]);
    expect(briefFaults(triggered('schedule: [{ cron: "* * * * *", inputs: { size: 1 } }]', needed))).toEqual([
      '4:53 MISSING_KEY triggers.schedule[0].inputs',
    ]);
    expect(briefFaults(triggered('schedule: [{ cron: "* * * * *", inputs: { topic: a } }]', needed))).toEqual([]);
  });
});

describe('a webhook', () => {
  it('starts a run for each request that is not a repeated one', () => {
    const webhook =
      'webhook: { path: /hooks-of/crm, dedupe: "${{ event.headers[\'x-event-id\'] }}", inputs: { topic: "${{ event.body.topic }}" } }';
    expect(triggersOf(webhook)).toEqual({
      schedule: [],
      webhook: {
        path: '/hooks-of/crm',
        dedupe: "${{ event.headers['x-event-id'] }}",
        inputs: { topic: '${{ event.body.topic }}' },
      },
    });
  });

  it('proves where it comes from by a digest in a header, and the program requires the secret', () => {
    const { program } = compiled(triggered('webhook: { path: /a, signature: { secret: CRM } }'));
    expect(program.triggers?.webhook?.signature).toEqual({
      secret: 'CRM',
      header: 'x-signature-256',
      algorithm: 'sha256',
      prefix: 'sha256=',
      encoding: 'hex',
    });
    expect(program.requires.secrets).toEqual(['CRM']);
    const other = '{ secret: CRM, header: X-Hub, algorithm: sha1, prefix: "", encoding: base64 }';
    expect(triggersOf(`webhook: { path: /a, signature: ${other} }`)?.webhook?.signature).toEqual({
      secret: 'CRM',
      header: 'x-hub',
      algorithm: 'sha1',
      prefix: '',
      encoding: 'base64',
    });
  });

  it('takes its body for the inputs, or what one expression gives', () => {
    expect(triggersOf('webhook: { path: /a }', '{ topic: string }')).toEqual({ schedule: [], webhook: { path: '/a' } });
    expect(triggersOf('webhook: { path: /a, inputs: "${{ event.body.run }}" }')?.webhook?.inputs).toBe(
      '${{ event.body.run }}',
    );
  });

  it.each([
    ['{ dedupe: a }', '4:22 MISSING_KEY triggers.webhook.path'],
    ['{ path: crm }', '4:30 INVALID_VALUE triggers.webhook.path'],
    ['{ path: /a/../b }', '4:30 INVALID_VALUE triggers.webhook.path'],
    ['{ path: /a, dedupe: "${{ event.hedaers.a }}" }', '4:47 UNKNOWN_NAME triggers.webhook.dedupe'],
    ['{ path: /a, dedupe: "${{ secrets.KEY }}" }', '4:47 SECRET_MISPLACED triggers.webhook.dedupe'],
    ['{ path: /a, signature: {} }', '4:45 MISSING_KEY triggers.webhook.signature.secret'],
    [
      '{ path: /a, signature: { secret: "${{ secrets.KEY }}" } }',
      '4:55 INVALID_VALUE triggers.webhook.signature.secret',
    ],
    ['{ path: /a, signature: { secret: KEY, header: "a b" } }', '4:68 INVALID_VALUE triggers.webhook.signature.header'],
    ['{ path: /a, inputs: { topik: a } }', '4:44 UNKNOWN_INPUT triggers.webhook.inputs.topik'],
    ['{ path: /a, inputs: some text }', '4:42 WRONG_TYPE triggers.webhook.inputs'],
    ['{ path: /a, inputs: { topic: "${{ event.scheduled_at }}" } }', '4:56 UNKNOWN_NAME triggers.webhook.inputs.topic'],
  ])('%s is refused at its place', (webhook, fault) => {
    expect(briefFaults(triggered(`webhook: ${webhook}`))).toEqual([fault]);
  });

  it('says how the secret of a signature is named', () => {
    expect(faultsOf(triggered('webhook: { path: /a, signature: { secret: "${{ secrets.KEY }}" } }'))[0]?.hint).toBe(
      'write secret: KEY',
    );
  });
});

describe('triggers', () => {
  it('may be both, or nothing', () => {
    expect(triggersOf('schedule: [{ cron: "* * * * *" }], webhook: { path: /a }')).toMatchObject({
      schedule: [{ timezone: 'UTC' }],
      webhook: { path: '/a' },
    });
    expect(triggersOf('')).toBeUndefined();
  });

  it('are the only place where `event` is known', () => {
    const source = workflow('steps: [{ id: a, uses: transform, with: { value: "${{ event.body }}" } }]');
    expect(faultsOf(source)).toMatchObject([
      { code: 'UNKNOWN_NAME', hint: expect.stringContaining('`triggers` only') },
    ]);
  });
});
