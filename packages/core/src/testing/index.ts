/** For laws that other packages hold the same runs to: random programs, and runs of them as their journals tell. */
export { answersFrom, drawsFrom } from './chance.ts';
export { randomProgram } from './random-programs.ts';
export { simulate } from './simulation.ts';
export { stateOf } from './specification.ts';
