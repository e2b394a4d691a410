import type { RailUse } from '../program/rails-spec.ts';

/** Whether a value has to be held back until these have answered: some of them may change it or stop it. */
export function holdBack(rails: readonly RailUse[] | undefined): boolean {
  return rails?.some(({ mode, action }) => mode === 'enforce' && action !== 'flag') === true;
}
