// Public names of this package.
export { createModels } from './create-models.ts';
export type { ModelSettings, Price } from './settings.ts';
