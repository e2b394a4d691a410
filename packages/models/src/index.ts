// Public names of this package.
export { createModels } from './create-models.ts';
export { providerNames } from './providers.ts';
export type { RateLimits, RateLimitSpec } from './rate-limits/rate-limits.ts';
export type { ModelSettings, Price } from './settings.ts';
