import { TelosError } from '@telos/core';
import { databaseQuestion } from './database-question.ts';
import { literal } from './literal.ts';
import type { Rule } from './rule.ts';

const address =
  /["'`]?(?<url>(?:sqlite:|postgres(?:ql)?:\/\/)[^\s"'`]+|[\w./-]+\.(?:db|sqlite3?))["'`]?(?=[\s,;:?!.]|$)/i;
/** Words that only say that the address is a database. */
const joint =
  /\b(?:(?:are\s+|is\s+)?(?:in|of|from|at|on|using|against|ask)\s+)?(?:(?:the|this)\s+)?(?:sqlite\s+|postgres(?:ql)?\s+)?(?:database|db)?\s*$/i;
const spare = /^(?:\s*[,:]?\s*(?:for|and)?\s*)/i;

/** Puts one question to an SQLite or PostgreSQL database, read-only. */
export const databaseRule: Rule = {
  name: 'query_database',
  example: 'Count the rows of orders by product in sqlite:shop.db',
  uses: ['db.query'],
  write(objective, desk) {
    const found = address.exec(objective);
    const written = found?.groups?.['url']?.replace(/[.,;:!?]+$/, '');
    if (found === null || written === undefined) return undefined;
    const url = /^(?:sqlite|postgres(?:ql)?):/i.test(written) ? written : `sqlite:${written}`;
    const words = `${objective.slice(0, found.index).replace(joint, '').trim()} ${objective
      .slice(found.index + found[0].length)
      .replace(spare, '')
      .trim()}`;
    const dialect = /^sqlite:/i.test(url) ? 'sqlite' : 'postgres';
    const question = databaseQuestion(words, dialect);
    if (question === undefined) return undefined;
    if (URL.canParse(url) && new URL(url).password !== '') {
      throw new TelosError(
        'PLAN_REQUEST_INVALID',
        'The objective holds the password of a database, which a plan would record.',
        {
          next: 'Write a workflow with a `db` connection under `tools:` whose url is a secret.',
        },
      );
    }
    if (!desk.has('db.query')) return { lacks: ['db.query'] };
    const rows = desk.id('rows');
    return {
      rule: 'query_database',
      objective: question.says,
      criterion: question.alwaysRows
        ? 'The database answers with one row at least.'
        : 'The database accepts the statement and gives its rows.',
      check: `size(steps.${rows}.output.rows) >= ${question.alwaysRows ? 1 : 0}`,
      steps: [
        {
          id: rows,
          why: `${question.says}, read-only.`,
          uses: 'db.query',
          with: {
            url: literal(url),
            sql: question.sql,
            ...(question.params === undefined ? {} : { params: question.params }),
          },
          ...(question.alwaysRows ? { checks: ['size(output.rows) > 0'] } : {}),
        },
      ],
      outputs: { rows: `\${{ steps.${rows}.output.rows }}` },
    };
  },
};
