// How names, durations and sizes are written; apart from the rest so that it costs nothing to import.
export { durationMs } from './duration.ts';
export { nearest } from './nearest.ts';
export { sizeOf } from './size.ts';
