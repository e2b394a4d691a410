import type { AttemptView, RailCallView, RailsView } from '@telos/contract';
import { figuresOf } from './call-list.tsx';
import { ErrorNote } from './error-note.tsx';
import { Verdicts } from './gate-view.tsx';
import { InspectorSection } from './inspector-section.tsx';

const places = {
  input: 'Rails on the input',
  tool_arguments: 'Rails on the tool arguments',
  memory_write: 'Rails on the memory write',
  tool_result: 'Rails on the tool result',
  output: 'Rails on the output',
} as const;

/** What the rails of a step said, by place: of each place the last word. */
export function RailsSections({ attempts }: { readonly attempts: readonly AttemptView[] }) {
  const last = new Map(attempts.flatMap(({ rails = [] }) => rails).map((rails) => [rails.place, rails]));
  return (
    <>
      {[...last.values()].map((rails) => (
        <InspectorSection key={rails.place} title={places[rails.place]} aside={outcomeOf(rails)}>
          <Verdicts verdicts={rails.verdicts} />
          {rails.calls !== undefined && <RailCalls calls={rails.calls} />}
        </InspectorSection>
      ))}
    </>
  );
}

/** Calls of models that the rails have made: how long they took and what they cost. */
function RailCalls({ calls }: { readonly calls: readonly RailCallView[] }) {
  return (
    <ol class="calls">
      {calls.map((call, index) => (
        <li key={index}>
          <span class="call-name">{call.name}</span> <span class="note">{call.kind}</span>{' '}
          <span class="call-figures number">{figuresOf(call)}</span>
          {call.error !== undefined && <ErrorNote error={call.error} />}
        </li>
      ))}
    </ol>
  );
}

function outcomeOf({ outcome, replaced }: RailsView): string {
  if (outcome === 'block') return 'held back';
  if (outcome === 'ask') return 'a person decides';
  return replaced === true ? 'replaced' : 'passed';
}
