/** Searches that the reader has given a name. They are kept in this browser; their addresses can be given to anybody. */
import { signal } from '@preact/signals';

export type SavedView = { readonly name: string; readonly address: string };

const storedAs = 'telos.views';

export const savedViews = signal(read());

addEventListener('storage', (event) => {
  if (event.key === storedAs) savedViews.value = read();
});

/** One of the same name is replaced. */
export function saveView(view: SavedView): void {
  write([...savedViews.peek().filter(({ name }) => name !== view.name), view]);
}

export function forgetView(name: string): void {
  write(savedViews.peek().filter((view) => view.name !== name));
}

function write(views: readonly SavedView[]): void {
  savedViews.value = views;
  try {
    localStorage.setItem(storedAs, JSON.stringify(views));
  } catch {
    // Where nothing can be kept, they last as long as the page does.
  }
}

function read(): readonly SavedView[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storedAs) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(value: unknown): value is SavedView {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('address' in value)) return false;
  return typeof value.name === 'string' && typeof value.address === 'string' && value.address.startsWith('#/runs');
}
