/**
 * Hosts that may have private data: `api.example` (any port), `api.example:8443`,
 * `*.example` (every name below it), `models` (those of the model providers that
 * are configured), `none`.
 */
import type { Destination, Destinations } from '@telos/core';

const hostPattern = /^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Whether a text is one that a list of hosts may hold. */
export function isHostPattern(text: string): boolean {
  return text === 'models' || hostPattern.test(text);
}

/** Where nothing else is said: whoever configured a model provider has decided that it may read what workflows read. */
export const configuredModels: readonly string[] = ['models'];

/**
 * Which models a judge may show private data.
 *
 * @param open Each of these lists of hosts must let one have it.
 * @returns Undefined where all may: judges ask models and nobody else.
 */
export function judgesMayHave(
  open: readonly (readonly string[])[],
): ((destination: Destination) => boolean) | undefined {
  return open.every((hosts) => hosts.includes('models'))
    ? undefined
    : (destination) => open.every((hosts) => mayHavePrivate(hosts, destination));
}

/** Hosts among these that may have no private data; `unknown` when it could go anywhere. */
export function closedHosts(open: readonly string[], destinations: Destinations): readonly string[] | 'unknown' {
  if (destinations === 'anywhere') return 'unknown';
  return [...new Set(destinations.filter((one) => !mayHavePrivate(open, one)).map(({ host }) => host))];
}

/** Whether private data may go there. What runs on this machine has not left it. */
export function mayHavePrivate(hosts: readonly string[], { host, model }: Destination): boolean {
  const { name, port } = partsOf(host);
  if (isLoopback(name)) return true;
  return hosts.some((pattern) => {
    if (pattern === 'models') return model === true;
    const wanted = partsOf(pattern);
    if (wanted.port !== undefined && wanted.port !== port) return false;
    return wanted.name.startsWith('*.') ? name.endsWith(wanted.name.slice(1)) : name === wanted.name;
  });
}

function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}

function partsOf(host: string): { readonly name: string; readonly port?: string } {
  const [, name = host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host.toLowerCase()) ?? [];
  // A name that ends with a dot is the same name.
  const plain = name.replace(/\.$/, '');
  return port === undefined ? { name: plain } : { name: plain, port };
}
