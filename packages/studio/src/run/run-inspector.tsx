import { formatCount, formatMoney } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { formatExactly } from '../format/instant.ts';
import { Fact } from '../parts/fact.tsx';
import { NamedValues, PayloadValue } from '../value/value-view.tsx';
import { InspectorSection } from './inspector-section.tsx';
import { hasEnded } from './run-model.ts';
import type { RunModel } from './run-model.ts';

/** What went into a run and what came out. */
export function RunInspector({ model }: { readonly model: RunModel }) {
  const { detail, status } = model;
  const { inputs, inputs_ref, outputs, outputs_ref, budget } = detail;
  return (
    <>
      {outputs !== undefined && (
        <InspectorSection title="Outputs">
          <NamedValues value={outputs} />
        </InspectorSection>
      )}
      {outputs_ref !== undefined && (
        <InspectorSection title="Outputs">
          <PayloadValue payload={outputs_ref} label="Outputs" />
        </InspectorSection>
      )}
      {!hasEnded(status) && <p class="said faint">Outputs stand here when the run has succeeded.</p>}
      {inputs !== undefined && (
        <InspectorSection title="Inputs">
          <NamedValues value={inputs} />
        </InspectorSection>
      )}
      {inputs_ref !== undefined && (
        <InspectorSection title="Inputs">
          <PayloadValue payload={inputs_ref} label="Inputs" />
        </InspectorSection>
      )}
      <InspectorSection title="About" open={outputs === undefined}>
        <dl class="facts is-list">
          <Fact name="Created">{formatExactly(Date.parse(detail.created_at))}</Fact>
          {model.endedAt !== undefined && <Fact name="Ended">{formatExactly(model.endedAt)}</Fact>}
          <Fact name="Program">
            <code title={detail.program}>{detail.program.slice(0, 12)}</code>
          </Fact>
          {detail.labels.length > 0 && <Fact name="Labels">{detail.labels.join(', ')}</Fact>}
          {budget !== undefined && <Fact name="Budget">{budgetText(budget)}</Fact>}
        </dl>
      </InspectorSection>
    </>
  );
}

function budgetText(budget: NonNullable<RunModel['detail']['budget']>): string {
  return [
    budget.usd === undefined ? '' : formatMoney(budget.usd),
    budget.tokens === undefined ? '' : `${formatCount(budget.tokens)} tokens`,
    budget.wall_ms === undefined ? '' : formatDuration(budget.wall_ms),
    budget.calls === undefined ? '' : `${formatCount(budget.calls)} calls`,
    budget.on_exceeded === 'pause' ? 'then pause' : 'then fail',
  ]
    .filter((part) => part !== '')
    .join(', ');
}
