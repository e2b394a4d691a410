// How names, durations, sizes and JSON are written; apart from the rest so that it costs nothing to import.
export { durationMs } from './duration.ts';
export { isHostPattern } from '../permissions/hosts.ts';
export { isList, isObject, kindOf } from './json-shape.ts';
export { nearest } from './nearest.ts';
export { placeText } from './place.ts';
export { sizeOf } from './size.ts';
