import { formatScore } from '../format/amount.ts';

/** A score in [0, 1]: the number, and a bar as long as it is good. */
export function Score({ score }: { readonly score: number | undefined }) {
  if (score === undefined) return <span class="faint">–</span>;
  return (
    <span class="score">
      <span class="score-bar" aria-hidden="true">
        <span style={{ width: `${Math.round(score * 100)}%` }} />
      </span>
      {formatScore(score)}
    </span>
  );
}
