import type { FastifyInstance } from 'fastify';

/** Which methods an address takes, so that a wrong method is told from a wrong address. */
export type RouteTable = { methodsAt(path: string): readonly string[] };

/** Watches routes being added to `app`; those with a wildcard are left out. */
export function routeTable(app: FastifyInstance): RouteTable {
  const patterns = new Map<string, { readonly matches: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    let entry = patterns.get(url);
    if (entry === undefined) {
      const source = url.replaceAll(/[.\\+?^${}()|[\]]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+');
      entry = { matches: new RegExp(`^${source}$`), methods: new Set() };
      patterns.set(url, entry);
    }
    for (const one of [method].flat()) entry.methods.add(one);
  });
  return {
    methodsAt: (path) => [
      ...new Set(
        [...patterns.values()].filter(({ matches }) => matches.test(path)).flatMap(({ methods }) => [...methods]),
      ),
    ],
  };
}
