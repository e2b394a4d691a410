import { describe, expect, it } from 'vitest';
import { parseWords } from './parse-words.ts';

const spec = {
  name: 'run',
  summary: 'Run a workflow',
  words: [{ name: 'workflow', about: 'a workflow file', needed: 'one' }],
  options: {
    input: { type: 'list', value: 'name=value', about: 'an input' },
    inputs: { type: 'value', value: 'file.json', about: 'inputs' },
    json: { type: 'flag', about: 'JSON' },
  },
  examples: [],
  run: async () => 0 as const,
} as const;

describe('the words of a command', () => {
  it('become words, flags, values and lists', () => {
    expect(parseWords(spec, ['a.yaml', '--input', 'x=1', '--json', '--input=y=-2'])).toEqual({
      words: ['a.yaml'],
      options: { input: ['x=1', 'y=-2'], inputs: undefined, json: true },
    });
  });

  it('take what follows a bare -- as it is', () => {
    expect(parseWords(spec, ['--', '--odd.yaml']).words).toEqual(['--odd.yaml']);
  });

  it.each([
    [['a.yaml', '--inptu', 'x=1'], '`telos run` has no option --inptu. Did you mean --input?'],
    [['a.yaml', '--zzz'], '`telos run` has no option --zzz.'],
    [['a.yaml', '--inputs'], '--inputs needs a value: --inputs file.json.'],
    [['a.yaml', '--inputs', '--json'], '--inputs needs a value: --inputs file.json.'],
    [['a.yaml', '--inputs', 'a', '--inputs', 'b'], '--inputs was given 2 times; it may be given once.'],
    [['a.yaml', '--json=yes'], '--json takes no value, but was given "yes".'],
    [[], '`telos run` needs a workflow file.'],
    [['a.yaml', 'b.yaml'], '`telos run` does not know what to do with "b.yaml".'],
    [['a.yaml', 'x=1'], 'Inputs are given as --input x=1.'],
  ])('are refused when they are %j', (words, message) => {
    expect(() => parseWords(spec, words)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }),
    );
  });

  it('may be many where the command takes many', () => {
    const many = { ...spec, words: [{ name: 'file', about: 'a file', needed: 'at least one' }] } as const;
    expect(parseWords(many, ['a', 'b', 'c']).words).toEqual(['a', 'b', 'c']);
    expect(() => parseWords(many, [])).toThrow('needs a file');
  });
});
