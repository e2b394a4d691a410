import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  // Relative addresses: the page works wherever the server mounts it.
  base: './',
  resolve: { conditions: ['source', ...defaultClientConditions] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2023',
    // The policy of the page allows no inline script and no data: address for one.
    modulePreload: false,
    assetsInlineLimit: 0,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/v1': 'http://127.0.0.1:7420' },
  },
});
