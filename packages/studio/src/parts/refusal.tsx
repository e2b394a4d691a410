import type { RequestFailure } from '../server/request.ts';

export type RefusalProps = {
  readonly failure: RequestFailure;
  /** Whether a place is shown with what is wrong with it elsewhere. */
  readonly isShown?: (path: string) => boolean;
};

/** Why a request was refused, what to do, and what is wrong with places that have no field of their own. */
export function Refusal({ failure, isShown = () => false }: RefusalProps) {
  const elsewhere = (failure.problem?.errors ?? []).filter(({ path }) => !isShown(path));
  return (
    <div class="field-error" role="alert">
      <p>{failure.message}</p>
      {failure.problem?.next !== undefined && <p>{failure.problem.next}</p>}
      {elsewhere.map(({ path, message, hint }, index) => (
        <p key={index}>
          {path} {message} {hint}
        </p>
      ))}
    </div>
  );
}
