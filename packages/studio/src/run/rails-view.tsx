import type { AttemptView, RailsView } from '@telos/contract';
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
        </InspectorSection>
      ))}
    </>
  );
}

function outcomeOf({ outcome, replaced }: RailsView): string {
  if (outcome === 'block') return 'held back';
  if (outcome === 'ask') return 'a person decides';
  return replaced === true ? 'replaced' : 'passed';
}
