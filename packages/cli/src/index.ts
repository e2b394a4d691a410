// What other programs of this repository may build on; people use `bin/telos.js`.
export { composeEngine } from './compose/engine.ts';
export type { Engine, EngineOptions } from './compose/engine.ts';
export { loadConfig } from './config/load-config.ts';
export type { Config } from './config/config.ts';
