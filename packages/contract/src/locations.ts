/** Addresses of what the API serves, percent-encoded; the studio and the server's own links are made here. */
const encoded = encodeURIComponent;

export const locations = {
  runs: '/v1/runs',
  run: (id: string) => `/v1/runs/${encoded(id)}`,
  events: (id: string) => `/v1/runs/${encoded(id)}/events`,
  trace: (id: string) => `/v1/runs/${encoded(id)}/trace`,
  step: (id: string, path: string) => `/v1/runs/${encoded(id)}/steps/${encoded(path)}`,
  cancel: (id: string) => `/v1/runs/${encoded(id)}/cancel`,
  pause: (id: string) => `/v1/runs/${encoded(id)}/pause`,
  resume: (id: string) => `/v1/runs/${encoded(id)}/resume`,
  retry: (id: string) => `/v1/runs/${encoded(id)}/retry`,
  fork: (id: string) => `/v1/runs/${encoded(id)}/fork`,
  callback: (id: string) => `/v1/runs/${encoded(id)}/callback`,
  signal: (id: string, name: string) => `/v1/runs/${encoded(id)}/signals/${encoded(name)}`,
  diff: (a: string, b: string) => `/v1/runs/${encoded(a)}/diff/${encoded(b)}`,
  approvals: '/v1/approvals',
  approval: (id: string) => `/v1/approvals/${encoded(id)}`,
  objectives: '/v1/objectives',
  workflows: '/v1/workflows',
  workflow: (id: string) => `/v1/workflows/${encoded(id)}`,
  check: '/v1/workflows/check',
  audit: '/v1/audit',
  tools: '/v1/tools',
  models: '/v1/models',
  checks: '/v1/checks',
  artifact: (hash: string) => `/v1/artifacts/${encoded(hash)}`,
} as const;
