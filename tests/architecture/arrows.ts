/**
 * Who may know whom: for each package, the packages it may import.
 *
 * Arrows point inward. `core` knows nobody; only `cli` knows which driver,
 * provider or tool is present. Tests may also use `testkit`, and the package
 * whose port they prove. `.oxlintrc.json` states the same per package.
 */
const inner = ['core'];

export const arrows: { readonly [name: string]: readonly string[] } = {
  core: [],
  contract: inner,
  language: inner,
  models: inner,
  tools: inner,
  knowledge: inner,
  engines: inner,
  evaluators: inner,
  'driver-bullmq': inner,
  'driver-local': inner,
  'driver-postgres': inner,
  'driver-sqlite': inner,
  testkit: inner,
  planner: ['core', 'language'],
  executor: ['core', 'language'],
  api: ['core', 'contract', 'language'],
  client: ['contract'],
  studio: ['contract'],
  cli: [
    'api',
    'contract',
    'core',
    'driver-bullmq',
    'driver-local',
    'driver-postgres',
    'driver-sqlite',
    'engines',
    'evaluators',
    'executor',
    'knowledge',
    'language',
    'models',
    'planner',
    'tools',
  ],
};
