import { TelosError, secretMissing } from '@telos/core';
import type { Models, Requirements } from '@telos/core';
import type { Catalog } from '@telos/language';

export type RequirementDeps = {
  readonly catalog: Catalog;
  readonly models: Pick<Models, 'problem'>;
  /** Names of the secrets that are set; absent when that is not known here. */
  readonly secretNames?: ReadonlySet<string>;
};

/** What a program needs and this process has not: tools, checks, secrets, models that can be called. Empty when it can start. */
export async function requirementProblems(
  deps: RequirementDeps,
  requires: Requirements,
): Promise<readonly TelosError[]> {
  const missing = (what: string, name: string) =>
    new TelosError('REQUIREMENT_MISSING', `The workflow needs the ${what} ${name}, which is not here.`, {
      details: { name },
    });
  const { secretNames } = deps;
  const models = await Promise.all(requires.models.map((model) => deps.models.problem(model)));
  return [
    ...requires.tools.filter((name) => !deps.catalog.tools.has(name)).map((name) => missing('tool', name)),
    ...requires.checks.filter((name) => !deps.catalog.checks.has(name)).map((name) => missing('check', name)),
    ...requires.secrets
      .filter((name) => secretNames !== undefined && !secretNames.has(name))
      .map((name) => secretMissing(name, `The workflow needs the secret ${name}, which is not set.`)),
    ...models.filter((problem) => problem !== undefined),
  ];
}
