import type { AnyTool, Destination } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compile } from '../compile.ts';
import type { Catalog } from '../compiled.ts';
import { sampleCatalog } from '../testing/sample-catalog.ts';

const base = sampleCatalog.tools.get('transform');
function tool(name: string, given: Partial<AnyTool>): [string, AnyTool] {
  if (base === undefined) throw new Error('no transform');
  return [name, { ...base, name, input: z.record(z.string(), z.json()), ...given }];
}
const sendsTo = ({ url }: { readonly url: string }): readonly Destination[] => {
  const parsed = URL.parse(url);
  return parsed === null ? [] : [{ host: parsed.host }];
};
const catalog: Catalog = {
  ...sampleCatalog,
  tools: new Map([
    ...sampleCatalog.tools,
    tool('transform', { echoes: 'value' }),
    tool('web.read', { returns: ['untrusted'] }),
    tool('rows', { returns: ['private'] }),
    tool('file.read', { certainLabels: (given) => (given['private'] === true ? ['private'] : []) }),
    tool('mail.send', { effect: 'irreversible' }),
    tool('fetch', { sendsTo }),
    tool('call', {
      effect: 'write',
      effectOf: ({ method }: { readonly method?: string }) => (method === 'GET' ? 'read' : 'write'),
      input: z.strictObject({ method: z.enum(['GET', 'POST']).optional(), text: z.unknown() }),
    }),
  ]),
};

function warnings(steps: string, more = ''): readonly string[] {
  const result = compile(`telos: 1\nid: t\n${more}steps:\n${steps}`, { catalog });
  if (!result.ok) throw new Error(result.faults.map(({ message, path }) => `${path}: ${message}`).join('\n'));
  return result.compiled.warnings.map(({ line, column, code, path }) => `${line}:${column} ${code} ${path}`);
}

const page = '  - { id: page, uses: web.read }\n';
const row = '  - { id: row, uses: rows }\n';
const mail = (from: string, more = '') =>
  `  - { id: mail, uses: mail.send, with: { to: a, text: "\${{ ${from} }}" }${more} }\n`;

describe('a compiler', () => {
  it('asks no tool for the hosts of models: to know them is to ask the models', () => {
    let asked = 0;
    const quiet = tool('quiet', { sendsOnlyToModels: true, sendsTo: () => ((asked += 1), Promise.resolve([])) });
    const source = `telos: 1\nid: t\nsteps:\n${row}  - { id: said, uses: quiet, with: { text: "\${{ steps.row.output }}" } }\n`;
    expect(compile(source, { catalog: { ...catalog, tools: new Map([...catalog.tools, quiet]) } })).toMatchObject({
      ok: true,
      compiled: { warnings: [] },
    });
    expect(asked).toBe(0);
  });
});

describe('a step that is certain to stop for a person', () => {
  it('is warned of where a file that is read as private would leave for a host on no list', () => {
    const steps = (given: string) =>
      `  - { id: doc, uses: file.read, with: { path: a.md, ${given} } }\n  - { id: out, uses: fetch, with: { url: "https://b.example/", text: "\${{ steps.doc.output.text }}" } }\n`;
    expect(warnings(steps('private: true'))).toEqual(['5:70 PRIVATE_TO_HOST steps[1].with.text']);
    expect(warnings(steps('private: true'), 'permissions: { hosts: [b.example] }\n')).toEqual([]);
    expect(warnings(steps('private: false'))).toEqual([]);
    expect(warnings(steps('private: "${{ run.id == \'a\' }}"'))).toEqual([]);
  });

  it('is warned of at the argument, with the source and the rule that would let it go', () => {
    const result = compile(`telos: 1\nid: t\nsteps:\n${page}${mail('steps.page.output.text')}`, { catalog });
    expect(result.ok && result.compiled.warnings).toEqual([
      {
        code: 'UNTRUSTED_ARGUMENT',
        file: '<source>',
        line: 5,
        column: 55,
        path: 'steps[1].with.text',
        message: '`text` holds untrusted text from `page`: every run will stop here until a person allows it',
        hint: 'to let it run unasked write `permissions: { allow: [mail.send] }`, or `trust: trusted` on the step that it comes from',
      },
    ]);
  });

  it('is one that sends private data to a host on no list, and the host is named', () => {
    const get = (url: string) => `  - { id: get, uses: fetch, with: { url: "${url}" } }\n`;
    const out = get('https://x.example/?q=${{ steps.row.output.id }}');
    expect(warnings(row + out)).toEqual(['5:42 PRIVATE_TO_HOST steps[1].with.url']);
    expect(warnings(row + out, 'permissions: { hosts: [x.example] }\n')).toEqual([]);
    expect(warnings(row + get('http://127.0.0.1/${{ steps.row.output.id }}'))).toEqual([]);
    // Where it goes is known when it runs.
    expect(warnings(row + get('${{ steps.row.output.url }}'))).toEqual([]);
    expect(warnings(row + mail('steps.row.output'))).toEqual(['5:55 PRIVATE_TO_HOST steps[1].with.text']);
  });

  it.each([
    ['that nothing labelled reaches', mail("'hello'")],
    [
      'of a field that is clean',
      `${page}  - { id: x, uses: transform, with: { value: { a: 1, b: "\${{ steps.page.output }}" } } }\n${mail('steps.x.output.a')}`,
    ],
    [
      'whose source a person vouches for',
      `  - { id: page, uses: web.read, trust: trusted }\n${mail('steps.page.output.text')}`,
    ],
    ['that only reads', `${page}  - { id: a, uses: call, with: { method: GET, text: "\${{ steps.page.output }}" } }\n`],
    [
      'of which it cannot be told whether it writes',
      `${page}  - { id: a, uses: call, with: { method: "\${{ 'GE' + 'T' }}", text: "\${{ steps.page.output }}" } }\n`,
    ],
    [
      'behind a case that may not be taken',
      `${page}  - { id: s, switch: [{ when: "true", steps: [{ id: a, uses: transform, with: { value: "\${{ steps.page.output }}" } }] }, { else: true, steps: [{ id: a, uses: transform, with: { value: 1 } }] }] }\n${mail('steps.s.output')}`,
    ],
    ['that is read by a condition alone', `${page}${mail("'hello'", ', when: "steps.page.output.ok == true"')}`],
  ])('is none %s', (_, steps) => {
    expect(warnings(steps)).toEqual([]);
  });

  it('is none under a rule, be it to allow or to ask', () => {
    for (const rule of [
      'allow: [mail.send]',
      'allow: ["mail.*"]',
      'ask: [mail.send]',
      'allow: [{ uses: mail.send, with: { to: a } }]',
    ])
      expect(warnings(page + mail('steps.page.output.text'), `permissions: { ${rule} }\n`)).toEqual([]);
    expect(warnings(page + mail('steps.page.output.text'), 'permissions: { allow: [web.read] }\n')).toHaveLength(1);
  });

  it('is found through items, rounds, branches, signals, private inputs, vars and handlers, each once', () => {
    const inside = mail('link').trim().slice(2);
    expect(
      warnings(`${page}  - { id: each, foreach: "\${{ steps.page.output.links }}", as: link, steps: [${inside}] }\n`),
    ).toEqual([expect.stringContaining('UNTRUSTED_ARGUMENT steps[1].steps[0].with.text')]);
    const round = mail('state.t').trim().slice(2);
    expect(
      warnings(
        `  - { id: l, loop: { max: 3, state: { t: a }, next: { t: "\${{ steps.page.output }}" } }, steps: [${round}, { id: page, uses: web.read }] }\n`,
      ),
    ).toEqual([expect.stringContaining('UNTRUSTED_ARGUMENT steps[0].steps[0].with.text')]);
    expect(
      warnings(
        `  - { id: both, parallel: { l: [{ id: p, uses: web.read }], r: [{ id: q, uses: rows }] } }\n${mail('steps.both.output.l')}`,
      ),
    ).toEqual([expect.stringContaining('UNTRUSTED_ARGUMENT')]);
    expect(warnings(`  - { id: s, wait: { signal: go } }\n${mail('steps.s.output.text')}`)).toHaveLength(1);
    const hidden = 'inputs: { key: { type: string, private: true } }\nvars: { line: "Key ${{ inputs.key }}" }\n';
    expect(warnings(mail('vars.line'), hidden)).toEqual([expect.stringContaining('PRIVATE_TO_HOST')]);
    expect(warnings(`${page}finally:\n${mail('steps.page.output')}`)).toEqual([
      expect.stringContaining('UNTRUSTED_ARGUMENT finally[0].with.text'),
    ]);
    const undo = `  - { id: page, uses: web.read, compensate: { uses: mail.send, with: { text: "\${{ steps.page.output.id }}" } } }\n`;
    expect(warnings(undo)).toEqual([expect.stringContaining('UNTRUSTED_ARGUMENT steps[0].compensate.with.text')]);
  });

  it('changes nothing about the program: its hash is that of a workflow without a reader', () => {
    const source = `telos: 1\nid: t\nsteps:\n${page}${mail('steps.page.output.text')}`;
    const [warned, allowed] = [source, source].map((text) => compile(text, { catalog }));
    expect(warned?.ok && warned.compiled.hash).toBe(allowed?.ok && allowed.compiled.hash);
  });
});

describe('permissions', () => {
  const faults = (permissions: string): readonly string[] => {
    const result = compile(`telos: 1\nid: t\npermissions: ${permissions}\nsteps:\n${page}`, { catalog });
    return result.ok ? [] : result.faults.map(({ code, path, message }) => `${code} ${path} ${message}`);
  };

  it('take globs, and rules on arguments; what is neither is a fault at its place', () => {
    expect(
      faults(
        '{ allow: ["web.*", { uses: call, with: { text: "a*", n: 1 } }], hosts: ["*.example", "a.example:8443"] }',
      ),
    ).toEqual([]);
    expect(faults('{ allow: [{ use: call }] }')).toEqual([
      expect.stringMatching(/^MISSING_KEY permissions\.allow\[0\]/),
      expect.stringMatching(/^UNKNOWN_KEY permissions\.allow\[0\]\.use /),
    ]);
    expect(faults('{ hosts: ["https://a.example/"] }')).toEqual([
      'INVALID_VALUE permissions.hosts[0] `https://a.example/` is no host',
    ]);
    expect(faults('{ deny: [{ uses: "web.*" }] }')).toEqual([expect.stringMatching(/^TOOL_DENIED steps\[0\]\.uses /)]);
  });
});
