/**
 * Reads a SQL text far enough to know that it is one statement, which word it
 * begins with, and where its parameters stand. Strings, quoted names and
 * comments are skipped as the dialect writes them. Nothing here is a guard: what
 * a read-only connection may do is enforced by the database.
 */
import { TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';

export type Dialect = 'sqlite' | 'postgres';

export type Statement = {
  /** One statement without its final semicolon, its parameters as the dialect numbers them: `?1` or `$1`. */
  readonly text: string;
  /** First word, in upper case. */
  readonly verb: string;
};

export type Params = readonly Json[] | JsonObject;

/**
 * @param params A list for `?` (SQLite), `?1` or `$1`; an object for `:name`.
 * @returns The statement, and the values by position.
 * @throws TelosError DB_STATEMENT_INVALID, DB_PARAMS_INVALID.
 */
export function bindStatement(
  sql: string,
  dialect: Dialect,
  params: Params,
): { readonly statement: Statement; readonly values: readonly Json[] } {
  const scan = scanStatement(sql, dialect);
  if (scan.names.length > 0 && scan.highest > 0) {
    throw new TelosError('DB_PARAMS_INVALID', 'The statement mixes named and numbered parameters');
  }
  const statement = { text: scan.text, verb: scan.verb };
  if (isList(params)) {
    if (scan.names.length > 0) {
      const wanted = scan.names.map((name) => `:${name}`).join(', ');
      throw new TelosError('DB_PARAMS_INVALID', `The statement names ${wanted}, but \`params\` names no values`);
    }
    if (params.length !== scan.highest) {
      throw new TelosError(
        'DB_PARAMS_INVALID',
        `The statement has ${scan.highest} parameters, but ${params.length} were given`,
      );
    }
    return { statement, values: params };
  }
  const given = Object.keys(params);
  const missing = scan.names.filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !scan.names.includes(name));
  if (missing.length > 0 || unknown.length > 0 || scan.highest > 0) {
    const faults = [
      ...missing.map((name) => `:${name} has no value`),
      ...unknown.map((name) => `"${name}" does not stand in the statement`),
      ...(scan.highest > 0 ? ['numbered parameters want a list'] : []),
    ];
    throw new TelosError('DB_PARAMS_INVALID', `The parameters do not fit the statement: ${faults.join('; ')}`);
  }
  return { statement, values: scan.names.map((name) => params[name] ?? null) };
}

function isList(params: Params): params is readonly Json[] {
  return Array.isArray(params);
}

type Scan = {
  readonly text: string;
  readonly verb: string;
  readonly names: readonly string[];
  readonly highest: number;
};

const patterns = {
  space: /\s+/y,
  lineComment: { sqlite: /--[^\n]*/y, postgres: /--[^\n\r]*/y },
  string: /'(?:[^']|'')*'/y,
  escapeString: /[eE]'(?:[^'\\]|''|\\[^])*'/y,
  quotedName: /"(?:[^"]|"")*"/y,
  tickedName: /`(?:[^`]|``)*`/y,
  bracketedName: /\[[^\]]*\]/y,
  dollarQuote: /\$([A-Za-z_]\w*)?\$/y,
  cast: /::/y,
  named: /:([A-Za-z_]\w*)/y,
  numbered: /[?$](\d+)/y,
  question: /\?/y,
  word: /[\p{L}_][\p{L}\p{N}_$]*/uy,
  number: /\d[\w.]*(?::\w+)?/y,
};

function scanStatement(sql: string, dialect: Dialect): Scan {
  const mark = dialect === 'sqlite' ? '?' : '$';
  const names: string[] = [];
  let highest = 0;
  let text = '';
  let verb = '';
  let ended = false;
  let at = 0;

  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(sql) ?? undefined;
  };
  const skip = (length: number, written = sql.slice(at, at + length)): void => {
    if (!ended) text += written;
    at += length;
  };

  while (at < sql.length) {
    const blank = take(patterns.space) ?? take(patterns.lineComment[dialect]);
    if (blank !== undefined) {
      skip(blank[0].length);
      continue;
    }
    if (sql.startsWith('/*', at)) {
      skip(commentLength(sql, at, dialect));
      continue;
    }
    if (sql[at] === ';') {
      ended = true;
      at += 1;
      continue;
    }
    if (ended) throw new TelosError('DB_STATEMENT_INVALID', 'The SQL holds more than one statement');
    const opaque =
      (dialect === 'postgres'
        ? take(patterns.escapeString)
        : (take(patterns.tickedName) ?? take(patterns.bracketedName))) ??
      take(patterns.string) ??
      take(patterns.quotedName) ??
      take(patterns.cast) ??
      take(patterns.number);
    if (opaque !== undefined) {
      skip(opaque[0].length);
      continue;
    }
    const dollar = dialect === 'postgres' ? take(patterns.dollarQuote) : undefined;
    if (dollar !== undefined) {
      const end = sql.indexOf(dollar[0], at + dollar[0].length);
      skip(end === -1 ? sql.length - at : end + dollar[0].length - at);
      continue;
    }
    const word = take(patterns.word);
    if (word !== undefined) {
      verb ||= word[0].toUpperCase();
      skip(word[0].length);
      continue;
    }
    const named = take(patterns.named);
    if (named !== undefined) {
      const name = named[1] ?? '';
      if (!names.includes(name)) names.push(name);
      skip(named[0].length, `${mark}${names.indexOf(name) + 1}`);
      continue;
    }
    const numbered = take(patterns.numbered);
    if (numbered !== undefined) {
      highest = Math.max(highest, Number(numbered[1]));
      skip(numbered[0].length, `${mark}${numbered[1]}`);
      continue;
    }
    if (dialect === 'sqlite' && take(patterns.question) !== undefined) {
      highest += 1;
      skip(1, `?${highest}`);
      continue;
    }
    skip(1);
  }
  if (verb === '') throw new TelosError('DB_STATEMENT_INVALID', 'The SQL holds no statement');
  return { text, verb, names, highest };
}

/** Length of the comment that begins here; PostgreSQL nests them. */
function commentLength(sql: string, start: number, dialect: Dialect): number {
  let depth = 0;
  let at = start;
  while (at < sql.length) {
    if (sql.startsWith('/*', at) && (depth === 0 || dialect === 'postgres')) {
      depth += 1;
      at += 2;
    } else if (sql.startsWith('*/', at)) {
      depth -= 1;
      at += 2;
      if (depth === 0) break;
    } else {
      at += 1;
    }
  }
  return at - start;
}
