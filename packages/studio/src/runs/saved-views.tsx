import { useSignal } from '@preact/signals';
import { go } from '../navigation.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { formatRoute, noFilter, parseRoute } from '../route.ts';
import type { RunsFilter } from '../route.ts';
import { forgetView, saveView, savedViews } from './view-store.ts';

/** Names for searches: one is chosen, given to what is searched for now, or forgotten. */
export function SavedViews({ filter }: { readonly filter: RunsFilter }) {
  const naming = useSignal<string | undefined>(undefined);
  const address = formatRoute({ page: 'runs', filter });
  const views = savedViews.value;
  const current = views.find((view) => view.address === address);
  const isPlain = address === formatRoute({ page: 'runs', filter: noFilter });
  const save = (name: string) => {
    if (name.trim() === '') return;
    saveView({ name: name.trim(), address });
    naming.value = undefined;
  };
  if (naming.value !== undefined)
    return (
      <form
        class="saved-views"
        onSubmit={(event) => {
          event.preventDefault();
          save(naming.value ?? '');
        }}
      >
        <input
          type="text"
          aria-label="Name of the view"
          placeholder="Name of the view"
          maxLength={60}
          value={naming.value}
          ref={(field) => field?.focus()}
          onInput={(event) => {
            naming.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key === 'Escape') naming.value = undefined;
          }}
        />
        <button type="submit" class="button">
          Save
        </button>
      </form>
    );
  return (
    <div class="saved-views">
      {views.length > 0 && (
        <select
          aria-label="Saved views"
          value={current?.address ?? ''}
          onChange={(event) => go(parseRoute(event.currentTarget.value === '' ? '#/runs' : event.currentTarget.value))}
        >
          <option value="">{isPlain ? 'Saved views' : current === undefined ? 'Not saved' : 'All runs'}</option>
          {views.map(({ name, address: to }) => (
            <option key={name} value={to}>
              {name}
            </option>
          ))}
        </select>
      )}
      {current !== undefined && (
        <button type="button" class="quiet" onClick={() => forgetView(current.name)}>
          Forget view
        </button>
      )}
      {!isPlain && current === undefined && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            naming.value = '';
          }}
        >
          Save view
        </button>
      )}
      {!isPlain && <CopyButton word="Copy link" label="Copy link to this view" text={() => location.href} />}
    </div>
  );
}
