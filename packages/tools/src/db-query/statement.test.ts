import { describe, expect, it } from 'vitest';
import { bindStatement } from './statement.ts';

const text = (sql: string, dialect: 'sqlite' | 'postgres', params: Parameters<typeof bindStatement>[2]) =>
  bindStatement(sql, dialect, params).statement.text;

describe('a statement', () => {
  it('has its named parameters numbered as the dialect does, each name once', () => {
    const sql = 'SELECT * FROM t WHERE a = :a AND b > :b OR c = :a';
    const bound = bindStatement(sql, 'postgres', { b: 2, a: 1 });
    expect(bound).toEqual({
      statement: { text: 'SELECT * FROM t WHERE a = $1 AND b > $2 OR c = $1', verb: 'SELECT' },
      values: [1, 2],
    });
    expect(text(sql, 'sqlite', { a: 1, b: 2 })).toBe('SELECT * FROM t WHERE a = ?1 AND b > ?2 OR c = ?1');
  });

  it('has its question marks numbered in SQLite, and leaves them alone in PostgreSQL, where they are operators', () => {
    expect(text('SELECT ?, ?', 'sqlite', [1, 2])).toBe('SELECT ?1, ?2');
    expect(text("SELECT data ? 'key', $1", 'postgres', [1])).toBe("SELECT data ? 'key', $1");
    expect(text('SELECT $2, $1', 'sqlite', [1, 2])).toBe('SELECT ?2, ?1');
  });

  it.each([
    ["SELECT ':a; ''?' AS x", 'sqlite'],
    ['SELECT ":a;" FROM t', 'sqlite'],
    ['SELECT `:a;?`, [:b;?] FROM t', 'sqlite'],
    ['SELECT 1 -- :a ; ?', 'sqlite'],
    ['SELECT 1 /* :a ; ? */', 'sqlite'],
    ["SELECT E'it\\'s :a;' AS x", 'postgres'],
    ['SELECT $tag$ :a; $1 $tag$, $$ ; $2 $$', 'postgres'],
    ['SELECT /* outer /* :a */ ; */ 1', 'postgres'],
    ['SELECT a::text, b[1:2] FROM t', 'postgres'],
    ["SELECT '10:30'::time, x$1y FROM t", 'postgres'],
  ] as const)('has no parameter and no end inside strings, names, comments and casts: %s', (sql, dialect) => {
    expect(text(sql, dialect, [])).toBe(sql);
  });

  it('may end with a semicolon and comments', () => {
    expect(text('SELECT 1; -- done\n /* really */ ;', 'sqlite', [])).toBe('SELECT 1');
  });

  it.each([
    ['SELECT 1; SELECT 2', 'more than one'],
    ['SELECT 1; DROP TABLE t', 'more than one'],
    ["SELECT 1; 'x'", 'more than one'],
    ['', 'no statement'],
    [' ; -- nothing', 'no statement'],
  ])('is refused when it is not exactly one: %j', (sql, said) => {
    expect(() => bindStatement(sql, 'postgres', [])).toThrow(said);
    expect(() => bindStatement(sql, 'sqlite', [])).toThrow(said);
  });

  it.each([
    ['SELECT :a', [1], 'names :a'],
    ['SELECT :a, :b', { a: 1 }, ':b has no value'],
    ['SELECT :a', { a: 1, c: 2 }, '"c" does not stand'],
    ['SELECT ?', [], 'has 1 parameters, but 0'],
    ['SELECT ?', [1, 2], 'has 1 parameters, but 2'],
    ['SELECT ?', { a: 1 }, 'does not stand'],
    ['SELECT ?, :a', { a: 1 }, 'mixes'],
    ['SELECT 1', [1], 'has 0 parameters, but 1'],
  ])('is refused when its parameters do not fit: %j with %j', (sql, params, said) => {
    expect(() => bindStatement(sql, 'sqlite', params)).toThrow(said);
  });

  it.each([
    ['  -- first\n insert into t values (1)', 'INSERT'],
    ['(SELECT 1) UNION (SELECT 2)', 'SELECT'],
    ['WITH x AS (SELECT 1) DELETE FROM t', 'WITH'],
  ])('begins with its first word: %j', (sql, verb) => {
    expect(bindStatement(sql, 'postgres', []).statement.verb).toBe(verb);
  });

  it('is read in linear time, also when a string never ends', () => {
    expect(() => bindStatement(`SELECT '${"x''".repeat(30_000)}`, 'sqlite', [])).not.toThrow();
  });
});
