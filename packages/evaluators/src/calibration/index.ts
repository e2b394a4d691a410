// Public names: how well a check agrees with people's labels.
export { calibrate } from './calibrate.ts';
export type { Calibration, CalibrateOptions } from './calibrate.ts';
export type { LabelledCase } from './labelled-case.ts';
export { figureNames } from './measure.ts';
export type { FigureName, Measurement } from './measure.ts';
export { orientationOf } from './orientation.ts';
export type { Orientation } from './orientation.ts';
export { readLabelled } from './read-labelled.ts';
