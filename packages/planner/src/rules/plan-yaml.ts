/** A plan of rules as YAML that is pleasant to read: comments, blank lines between steps, long text in blocks. */
import { Document, isMap, isPair, isScalar, visit } from 'yaml';
import type { YAMLMap, YAMLSeq } from 'yaml';
import type { Json } from '@telos/core';
import type { RulePart, RuleStep } from './rule.ts';

export type PlanParts = {
  readonly id: string;
  readonly description: string;
  readonly parts: readonly RulePart[];
};

export function planYaml({ id, description, parts }: PlanParts): string {
  const steps = parts.flatMap((part, index) => part.steps.map((step, place) => stepOf(step, index > 0 && place === 0)));
  const document = new Document({ telos: 1, id, description, steps, outputs: outputsOf(parts) });
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || (key.value !== 'steps' && key.value !== 'outputs')) return undefined;
      key.spaceBefore = true;
      // every output on a line of its own
      return isMap(value) && key.value === 'outputs' ? visit.SKIP : undefined;
    },
    Seq(_, seq) {
      seq.flow = fitsOnOneLine(seq);
      for (const [index, item] of seq.items.entries())
        if (index > 0 && isMap(item) && item.has('uses')) item.spaceBefore = true;
    },
    Map(_, map) {
      map.flow = fitsOnOneLine(map);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** A part that follows another does not wait for it. */
function stepOf({ id, why, uses, with: given, checks = [] }: RuleStep, startsAtOnce: boolean): Json {
  return {
    id,
    description: why,
    ...(startsAtOnce ? { needs: [] } : {}),
    uses,
    with: given,
    ...(checks.length === 0
      ? {}
      : { gate: { checks: [...checks], ...(uses === 'llm' ? { on_fail: [{ repair: 1 }] } : {}) } }),
  };
}

/** The outputs of one part under their names; of several, each with the number of its objective. */
function outputsOf(parts: readonly RulePart[]): Json {
  return Object.fromEntries(
    parts.flatMap(({ outputs }, index) =>
      Object.entries(outputs).map(([name, value]) => [parts.length === 1 ? name : `${name}_${index + 1}`, value]),
    ),
  );
}

function fitsOnOneLine(collection: YAMLMap | YAMLSeq): boolean {
  const values = collection.items.map((item) => (isPair(item) ? item.value : item));
  return values.every((value) => isScalar(value)) && JSON.stringify(collection).length <= 80;
}
