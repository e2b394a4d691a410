/** How the pieces of a bar look, in the words of what they stand for. */
const pieces: readonly (readonly [look: string, word: string])[] = [
  ['is-attempt tone-done', 'at work'],
  ['is-call tone-model', 'model call'],
  ['is-idle tone-limit', 'queued'],
  ['is-idle tone-retry', 'before a retry'],
  ['is-idle tone-person', 'for a person'],
  ['is-idle tone-time', 'for a time or signal'],
  ['is-attempt tone-failed', 'failed or rejected'],
];

/** What the bars of the waterfall mean. */
export function WaterfallLegend() {
  return (
    <ul class="legend" aria-label="What the bars mean">
      {pieces.map(([look, word]) => (
        <li key={word}>
          <span class="legend-lane" aria-hidden="true">
            <i class={`bar ${look}`} />
          </span>
          {word}
        </li>
      ))}
    </ul>
  );
}
