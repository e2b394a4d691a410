/** A run as the page holds it, without the page: for whoever compares it with what the server says. */
export { foldEvent } from './fold-event.ts';
export { runModel } from './run-model.ts';
export type { RunModel } from './run-model.ts';
