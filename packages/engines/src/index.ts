// Public names of this package.
export { createEngines } from './create-engines.ts';
