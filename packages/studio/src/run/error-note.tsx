import type { ErrorView } from '@telos/contract';
import { InlineText } from '../value/inline-text.tsx';
import { JsonView } from '../value/json-view.tsx';

const kinds = {
  retryable: 'may succeed when it is tried again',
  terminal: 'will fail again until something is changed',
  bug: 'a fault of Telos itself',
} as const satisfies Record<ErrorView['kind'], string>;

/** A failure: what happened, what to do, and what is known of it. */
export function ErrorNote({ error }: { readonly error: ErrorView }) {
  const details = error.details !== undefined && Object.keys(error.details).length > 0 ? error.details : undefined;
  return (
    <div class="error-note">
      <p>
        <code class="error-code">{error.code}</code> <InlineText text={error.message} />
      </p>
      {error.next !== undefined && (
        <p class="next">
          <InlineText text={error.next} />
        </p>
      )}
      <p class="faint">This {kinds[error.kind]}.</p>
      {details !== undefined && <JsonView value={details} />}
    </div>
  );
}
