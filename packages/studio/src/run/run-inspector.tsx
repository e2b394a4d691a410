import { formatCount, formatMoney } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { formatExactly } from '../format/instant.ts';
import { PayloadValue, ValueView } from '../value/value-view.tsx';
import { valueViews } from '../value/value-views.ts';
import { InspectorSection } from './inspector-section.tsx';
import { Fact } from './run-header.tsx';
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
          <NamedValues value={outputs} noun="output" />
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
          <NamedValues value={inputs} noun="input" />
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

/** Each by its name: a brief is read as text, not as a string inside JSON. */
function NamedValues({ value, noun }: { readonly value: unknown; readonly noun: string }) {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : undefined;
  if (entries === undefined) return <ValueView value={value} label={noun} />;
  if (entries.length === 0) return <p class="faint">No {noun}.</p>;
  const short = entries.filter(([, entry]) => isShort(entry));
  return (
    <div class="named">
      {short.length > 0 && (
        <dl class="facts is-list">
          {short.map(([name, entry]) => (
            <Fact key={name} name={name}>
              {String(entry)}
            </Fact>
          ))}
        </dl>
      )}
      {entries
        .filter(([, entry]) => !isShort(entry))
        .map(([name, entry]) => (
          <ValueView key={name} value={entry} label={name} title={name} />
        ))}
    </div>
  );
}

/** What is read at a glance, and needs no frame around it. */
function isShort(value: unknown): boolean {
  if (typeof value !== 'string') return typeof value !== 'object' || value === null;
  return value !== '' && value.length <= 120 && valueViews(value).length === 1 && !value.includes('\n');
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
