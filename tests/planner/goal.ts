/**
 * An objective over the built-in tools, with an end that a machine can check:
 * what the result must hold. Beside it stands one good plan, which a scripted
 * planner gives; a real model finds its own.
 */

export type Goal = {
  readonly objective: string;
  /** Steps of a good plan, and what it gives. `[[http]]` is the server of the world. */
  readonly steps: readonly string[];
  readonly gives: string;
  /** Bare CEL over `output` that holds of the end. */
  readonly check: string;
  /** Texts and numbers that the result of any plan that reached it must hold. */
  readonly holds: readonly (string | number)[];
};

export const uses = (id: string, tool: string, given: string): string => `{ id: ${id}, uses: ${tool}, with: ${given} }`;
export const db = (id: string, sql: string): string =>
  uses(id, 'db.query', `{ url: "sqlite:shop.db", sql: ${JSON.stringify(sql)} }`);
export const file = (id: string, path: string): string => uses(id, 'file.read', `{ path: ${path} }`);
export const get = (id: string, path: string): string => uses(id, 'http.request', `{ url: "[[http]]${path}" }`);
export const page = (id: string, path: string): string => uses(id, 'web.read', `{ url: "[[http]]${path}" }`);
export const search = (id: string, query: string): string =>
  uses(id, 'knowledge.search', `{ folder: docs, query: ${JSON.stringify(query)} }`);
export const js = (id: string, code: string, args: string): string =>
  uses(id, 'script.js', `{ code: ${JSON.stringify(code)}, args: { v: ${JSON.stringify(`\${{ ${args} }}`)} } }`);
export const give = (id: string, value: string): string =>
  uses(id, 'transform', `{ value: ${JSON.stringify(`\${{ ${value} }}`)} }`);
export const rows = '{ rows: "${{ steps.rows.output.rows }}" }';
export const answer = '{ answer: "${{ steps.answer.output }}" }';

export function goal(
  objective: string,
  steps: readonly string[],
  gives: string,
  check: string,
  ...holds: readonly (string | number)[]
): Goal {
  return { objective, steps, gives, check, holds };
}

/** Whether a result holds what the goal asks for. */
export function isReached({ holds }: Goal, output: unknown): boolean {
  const text = JSON.stringify(output ?? null);
  return holds.every((one) =>
    typeof one === 'string'
      ? text.includes(one)
      : new RegExp(`(?<![\\d.])${String(one).replace('.', '\\.')}(?![\\d])`).test(text),
  );
}
