import { TelosError } from '@telos/core';
import type { AnyCheck, Models, Schemas } from '@telos/core';
import { checkDigests } from './check-digests.ts';
import { allowList } from './checks/allow-list.ts';
import { cel } from './checks/cel.ts';
import type { EvaluateCondition } from './checks/cel.ts';
import { completeness } from './checks/completeness.ts';
import { contains } from './checks/contains.ts';
import { jsonSchema } from './checks/json-schema.ts';
import { length } from './checks/length.ts';
import { overlap } from './checks/overlap.ts';
import { quotes } from './checks/quotes.ts';
import { regex } from './checks/regex.ts';
import { relevance } from './checks/relevance.ts';
import { size } from './checks/size.ts';
import { correctness } from './correctness/correctness.ts';
import { exfiltration } from './exfiltration/exfiltration.ts';
import { hiddenText } from './hidden-text/hidden-text.ts';
import { injection } from './injection/injection.ts';
import { jailbreak } from './injection/jailbreak.ts';
import { toolPoisoning } from './injection/tool-poisoning.ts';
import { faithfulness } from './judge/faithfulness.ts';
import { judge } from './judge/judge.ts';
import { withModel } from './judge/judging-cost.ts';
import { moderation } from './judge/moderation.ts';
import { language } from './language/language.ts';
import { pii } from './pii/pii.ts';
import { pairwise } from './preference/pairwise.ts';
import { ranking } from './preference/ranking.ts';
import { profanity } from './profanity/profanity.ts';
import { secrets } from './secrets/secrets.ts';
import { topic } from './topic/topic.ts';

export type ChecksOptions = {
  readonly models: Models;
  readonly schemas: Schemas;
  readonly evaluateCondition: EvaluateCondition;
  /** Of the package; that of a check is it and a digest of what the check decides with. Absent: none stands with their verdicts. */
  readonly version?: string;
};

/** Every check, by the name that a workflow uses. */
export function createChecks({
  models,
  schemas,
  evaluateCondition,
  version,
}: ChecksOptions): ReadonlyMap<string, AnyCheck> {
  const checks: readonly AnyCheck[] = [
    contains,
    regex,
    jsonSchema(schemas),
    length,
    cel(evaluateCondition),
    overlap,
    quotes,
    faithfulness(models),
    correctness(models),
    judge(models),
    pii,
    secrets,
    hiddenText,
    exfiltration,
    injection(models),
    jailbreak(models),
    toolPoisoning(models),
    topic(models),
    relevance(models),
    completeness(models),
    pairwise(models),
    ranking(models),
    moderation(models),
    language,
    profanity,
    size,
    allowList,
  ];
  const versioned = (name: string) => (version === undefined ? {} : { version: `${version}+${digestOf(name)}` });
  return new Map(checks.map((check) => [check.name, { ...withModel(check, models), ...versioned(check.name) }]));
}

function digestOf(name: string): string {
  const digest = checkDigests[name];
  if (digest === undefined) throw new TelosError('BUG', `\`pnpm checks:digests\` has to be run: it knows no ${name}.`);
  return digest;
}
