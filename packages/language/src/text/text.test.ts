import { describe, expect, it } from 'vitest';
import { blankComments, isJsonSource } from '../read/jsonc.ts';
import { splitTemplate } from '../cel/template.ts';
import { durationMs } from './duration.ts';
import { nearest } from './nearest.ts';
import { placeText } from './place.ts';
import { sizeOf } from './size.ts';

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['1d', 86_400_000],
    ['5 m', undefined],
    ['-1s', undefined],
    ['1w', undefined],
    ['', undefined],
  ])('%j is %s ms', (text, expected) => {
    expect(durationMs(text)).toBe(expected);
  });
});

describe('sizes', () => {
  it.each([
    ['400k', 400_000],
    ['1.5M', 1_500_000],
    ['2MiB', 2_097_152],
    ['10kB', 10_000],
    ['10', undefined],
    ['k', undefined],
  ])('%j is %s', (text, expected) => {
    expect(sizeOf(text)).toBe(expected);
  });
});

describe('the nearest name', () => {
  it.each([
    ['serch', ['search', 'read'], 'search'],
    ['retires', ['retry', 'retries'], 'retries'],
    ['abc', ['xyz'], undefined],
    ['ab', ['ba'], 'ba'],
    ['WEB.SEARCH', ['web.search'], 'web.search'],
  ])('to %s of %j is %s', (name, known, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });
});

describe('places', () => {
  it('are written as one would in code', () => {
    expect(placeText(['steps', 2, 'with', 'x.y', 'z'])).toBe('steps[2].with["x.y"].z');
    expect(placeText([])).toBe('');
  });
});

describe('JSON with comments', () => {
  it('keeps every line and column', () => {
    const source = '// a\n{\t"u": "http://x/*no*/", /* b\nc */ "v": 1 }';
    const blank = blankComments(source);
    expect(blank).toHaveLength(source.length);
    expect(JSON.parse(blank)).toEqual({ u: 'http://x/*no*/', v: 1 });
    expect(blank.split('\n').map((line) => line.length)).toEqual(source.split('\n').map((line) => line.length));
  });

  it('is told from YAML by the name of the file, else by its beginning', () => {
    expect(isJsonSource('{ "a": 1 }', '<source>')).toBe(true);
    expect(isJsonSource(' // x\n{}', '<source>')).toBe(true);
    expect(isJsonSource('{ a: 1 }', 'x.yaml')).toBe(false);
    expect(isJsonSource('telos: 1', '<source>')).toBe(false);
  });
});

describe('a template', () => {
  const expressions = (text: string): readonly string[] =>
    splitTemplate(text).parts.flatMap((part) => ('expression' in part ? [part.expression] : []));

  it.each([
    ['${{ a }}', ['a'], true],
    ['${{a}}${{b}}', ['a', 'b'], false],
    ['${{ "}}" + \'}}\' }} x', ['"}}" + \'}}\''], false],
    ['${{ {"a": {"b": 1}} }}', ['{"a": {"b": 1}}'], true],
    ['${{ """a"}}b""" }}', ['"""a"}}b"""'], true],
    ['${{ "a\\"}}" }}', ['"a\\"}}"'], true],
    ['${{ a // }} not yet\n }}', ['a // }} not yet'], true],
    ['no $ {{ a }}', [], false],
  ])('%j holds %j', (text, expected, whole) => {
    expect(expressions(text)).toEqual(expected);
    expect(splitTemplate(text).whole).toBe(whole);
  });

  it('says where braces are left open', () => {
    expect(splitTemplate('ab ${{ {"a": 1} ').unclosed).toBe(3);
    expect(splitTemplate('ab ${{ "x }}').unclosed).toBe(3);
  });
});
