import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readBudget } from './read-budget.ts';
import { readInputs } from './read-inputs.ts';
import { isFileName, libraryFile, libraryNames, readWorkflowFile } from './workflow-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-inputs-'));
});

const specs = {
  question: { schema: { type: 'string' }, required: true },
  limit: { schema: { type: 'integer' }, required: false },
  tags: { schema: { type: 'array', items: { type: 'string' } }, required: false },
  note: { schema: { type: ['string', 'null'] }, required: false },
  anything: { schema: {}, required: false },
};
const read = (assignments: readonly string[], file?: string) => readInputs(assignments, file, folder, specs);

describe('inputs on the command line', () => {
  it('are text where the workflow takes text, else JSON', () => {
    const given = ['question=12', 'limit=3', 'tags=["a","b"]', 'note=null', 'anything={"a":1}'];
    expect(read(given)).toEqual({ question: '12', limit: 3, tags: ['a', 'b'], note: 'null', anything: { a: 1 } });
  });

  it('keep every equals sign after the first, and may be empty', () => {
    expect(read(['question=a=b=c'])).toEqual({ question: 'a=b=c' });
    expect(read(['question='])).toEqual({ question: '' });
  });

  it('are text when the workflow takes anything and they are no JSON', () => {
    expect(read(['anything=plain words'])).toEqual({ anything: 'plain words' });
  });

  it('are read from a file however deep they are: the workflow says what is too deep', () => {
    writeFileSync(join(folder, 'deep.json'), `{"anything":${'['.repeat(3000)}${']'.repeat(3000)}}`);
    expect(Object.keys(read([], 'deep.json'))).toEqual(['anything']);
  });

  it('go before those of the file', () => {
    writeFileSync(join(folder, 'in.json'), '{"question":"from the file","limit":1}');
    expect(read(['limit=2'], 'in.json')).toEqual({ question: 'from the file', limit: 2 });
  });

  it('name the nearest known input for one that the workflow does not have', () => {
    expect(() => read(['qestion=x'])).toThrow('Input qestion: the workflow has no such input; did you mean question?');
  });

  it('are told from a file of them', () => {
    expect(() => read([], 'limit=3')).toThrow(
      expect.objectContaining({ code: 'USAGE', next: 'Write --input limit=3.' }),
    );
    expect(() => read(['{"limit":3}'])).toThrow(
      expect.objectContaining({ next: 'Write --input name=value for each, or --inputs with a JSON file.' }),
    );
  });

  it('are reported together when several are wrong', () => {
    expect(() => read(['limit=many', 'tags=a', 'nonesuch_at_all=1'])).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        details: {
          problems: [
            'limit: expected integer, found "many"',
            `tags: expected array, found "a"; write it as JSON, like '["a", "b"]'`,
            'nonesuch_at_all: the workflow has no such input; it takes question, limit, tags, note, anything',
          ],
        },
      }),
    );
  });

  it.each([
    [['question=a', 'question=b'], 'Input question: given twice'],
    [['question'], '--input question has no value.'],
    [['=x'], '--input =x has no value.'],
    [['toString=x'], 'toString: the workflow has no such input'],
  ])('are refused when they are %j', (assignments, message) => {
    expect(() => read(assignments)).toThrow(message);
  });

  it.each([
    ['not json', 'in.json is not JSON'],
    ['[1]', 'in.json must hold a JSON object'],
    ['{"limit":1,"limit":2}', 'in.json: limit stands twice in one object.'],
    ['{"anything":[{"a":1,"a":2}]}', 'in.json: anything.0.a stands twice in one object.'],
  ])('are refused from a file that holds %j', (text, message) => {
    writeFileSync(join(folder, 'in.json'), text);
    expect(() => read([], 'in.json')).toThrow(message);
  });

  it('name the nearest file when the file is missing', () => {
    writeFileSync(join(folder, 'inputs.json'), '{}');
    expect(() => read([], 'input.json')).toThrow('There is no file input.json. Did you mean inputs.json?');
  });
});

describe('a budget on the command line', () => {
  it('reads money, tokens, time and calls', () => {
    expect(readBudget('usd=1.5, tokens=50k,wall=10m,calls=20')).toEqual({
      usd: 1.5,
      tokens: 50_000,
      wallMs: 600_000,
      calls: 20,
      onExceeded: 'fail',
    });
  });

  it.each([
    ['dollars=1', 'it knows usd, tokens, wall, calls'],
    ['token=1', 'did you mean tokens?'],
    ['usd=-1', 'expected a number'],
    ['usd', 'expected a number'],
    ['wall=10', 'expected a duration like 10m'],
    ['', 'it knows usd'],
  ])('refuses %j', (text, message) => {
    expect(() => readBudget(text)).toThrow(message);
  });
});

describe('a workflow file', () => {
  it('reads files beside it and below, and nothing outside', () => {
    mkdirSync(join(folder, 'flows/prompts'), { recursive: true });
    writeFileSync(join(folder, 'flows/a.yaml'), 'telos: 1\n');
    writeFileSync(join(folder, 'flows/prompts/p.md'), 'prompt');
    writeFileSync(join(folder, 'shared.md'), 'shared');
    const workflow = readWorkflowFile('flows/a.yaml', folder, () => false);
    expect(workflow.source).toBe('telos: 1\n');
    expect(workflow.readFile('./prompts/p.md')).toBe('prompt');
    expect(workflow.readFile('../shared.md')).toBe('shared');
    expect(workflow.readFile('missing.md')).toBeUndefined();
    expect(workflow.readFile('/etc/hostname')).toBeUndefined();
    expect(workflow.readFile('../../../../../../etc/hostname')).toBeUndefined();
  });

  it('follows links to its own, and none that lead out', () => {
    const outside = mkdtempSync(join(tmpdir(), 'telos-outside-'));
    writeFileSync(join(outside, 'id_rsa'), 'secret');
    mkdirSync(join(folder, 'flows/prompts'), { recursive: true });
    writeFileSync(join(folder, 'flows/a.yaml'), 'telos: 1\n');
    writeFileSync(join(folder, 'flows/p.md'), 'prompt');
    symlinkSync('../p.md', join(folder, 'flows/prompts/inner.md'));
    symlinkSync(join(outside, 'id_rsa'), join(folder, 'flows/prompts/outer.md'));
    symlinkSync(outside, join(folder, 'flows/out'));
    const workflow = readWorkflowFile('flows/a.yaml', folder, () => false);
    expect(workflow.readFile('prompts/inner.md')).toBe('prompt');
    expect(workflow.readFile('prompts/outer.md')).toBeUndefined();
    expect(workflow.readFile('out/id_rsa')).toBeUndefined();
  });

  it('names no device and nothing without end', () => {
    writeFileSync(join(folder, 'a.yaml'), 'telos: 1\n');
    writeFileSync(join(folder, 'large.md'), 'x'.repeat(17 * 1024 * 1024));
    execFileSync('mkfifo', [join(folder, 'pipe.md')]);
    const workflow = readWorkflowFile('a.yaml', folder, () => false);
    expect(workflow.readFile('large.md')).toBeUndefined();
    expect(workflow.readFile('pipe.md')).toBeUndefined();
  });

  it('is a folder only by mistake', () => {
    mkdirSync(join(folder, 'flows'));
    expect(() => readWorkflowFile('flows', folder, () => false)).toThrow('flows is a folder; name a file in it.');
  });

  it('is found by the name of its workflow in workflows/', () => {
    mkdirSync(join(folder, 'workflows'));
    writeFileSync(join(folder, 'workflows/brief.yml'), '');
    writeFileSync(join(folder, 'workflows/notes.txt'), '');
    expect(libraryFile('brief', folder)).toBe('workflows/brief.yml');
    expect(libraryFile('other', folder)).toBeUndefined();
    expect(libraryNames(folder)).toEqual(['brief']);
    expect(libraryNames(join(folder, 'nowhere'))).toEqual([]);
  });

  it.each([
    ['a.yaml', true],
    ['flows/a', true],
    ['brief', false],
  ])('is meant by %j: %s', (word, answer) => {
    expect(isFileName(word)).toBe(answer);
  });
});
