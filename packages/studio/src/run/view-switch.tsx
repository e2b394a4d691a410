import type { RunView } from '../route.ts';

export type ViewSwitchProps = {
  readonly view: RunView | undefined;
  readonly onChange: (view: RunView | undefined) => void;
};

/** Chooses how the steps of a run are shown: when each ran, or what comes after what. */
export function ViewSwitch({ view, onChange }: ViewSwitchProps) {
  return (
    <div class="segmented" role="group" aria-label="Steps shown as">
      <button type="button" aria-pressed={view === undefined} onClick={() => onChange(undefined)}>
        Tree
      </button>
      <button type="button" aria-pressed={view === 'graph'} onClick={() => onChange('graph')}>
        Graph
      </button>
    </div>
  );
}
