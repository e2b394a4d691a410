import type { StepSourceView } from '@telos/contract';
import { formatRoute } from '../route.ts';
import { InspectorSection } from './inspector-section.tsx';

/** The lines of the workflow that the step came from: what was there before anything was rendered. */
export function StepSource({ source: { workflow, program, line, text } }: { readonly source: StepSourceView }) {
  return (
    <InspectorSection title="As written" aside={`line ${line}`}>
      <ol class="source-lines" tabIndex={0} aria-label={`${workflow} from line ${line}`}>
        {text.split('\n').map((one, index) => (
          <li key={index}>
            <span aria-hidden="true">{line + index}</span>
            <code>{one}</code>
          </li>
        ))}
      </ol>
      <p>
        <a href={formatRoute({ page: 'workflow', id: workflow, version: program, line })}>Open {workflow} there</a>
      </p>
    </InspectorSection>
  );
}
