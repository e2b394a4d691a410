/** Addresses of what the API serves, percent-encoded; the studio and the server's own links are made here. */
const encoded = encodeURIComponent;

export const locations = {
  runs: '/v1/runs',
  run: (id: string) => `/v1/runs/${encoded(id)}`,
  events: (id: string) => `/v1/runs/${encoded(id)}/events`,
  trace: (id: string) => `/v1/runs/${encoded(id)}/trace`,
  step: (id: string, path: string) => `/v1/runs/${encoded(id)}/steps/${encoded(path)}`,
  cancel: (id: string) => `/v1/runs/${encoded(id)}/cancel`,
  objectives: '/v1/objectives',
  workflows: '/v1/workflows',
  workflow: (id: string) => `/v1/workflows/${encoded(id)}`,
  check: '/v1/workflows/check',
  tools: '/v1/tools',
  models: '/v1/models',
  checks: '/v1/checks',
  artifact: (hash: string) => `/v1/artifacts/${encoded(hash)}`,
} as const;
