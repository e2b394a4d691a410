import { serversIn } from '@telos/language';
import { metAtText } from '@telos/tools';
import type { Look } from '@telos/tools';
import type { Catalogue } from '../compose/catalogue.ts';
import type { Finding } from './finding.ts';

/** Each MCP server of telos.yaml: whether it answers, and whether it offers what was accepted. */
export async function examineServers({ catalog, mcp }: Pick<Catalogue, 'catalog' | 'mcp'>): Promise<Finding[]> {
  const servers = serversIn(catalog.shared?.tools ?? {});
  if (servers.length === 0) return [];
  try {
    return (await Promise.all(servers.map((server) => mcp.look(server)))).flatMap(findingsOf);
  } finally {
    await mcp.close();
  }
}

function findingsOf({ connection, at, state, protocol, tools, error }: Look): readonly Finding[] {
  const about = `MCP server ${connection}`;
  if (state === 'unreachable') {
    const next = error?.next === undefined ? {} : { next: error.next };
    return [{ about, verdict: 'broken', message: error?.message ?? `${metAtText(at)} does not answer.`, ...next }];
  }
  const named = (wanted: string): readonly string[] =>
    tools.filter((tool) => tool.state === wanted).map(({ name }) => name);
  const held = named('held_back');
  const holding: readonly Finding[] =
    held.length === 0
      ? []
      : [
          {
            about,
            verdict: 'worth_knowing',
            message: `held back: ${held.join(', ')}.`,
            next: 'See `telos mcp` for the reasons.',
          },
        ];
  const what = `${metAtText(at)} answers in ${protocol ?? 'an unknown version'}`;
  if (state === 'same') {
    const count = tools.length - held.length;
    return [
      { about, verdict: 'sound', message: `${what}, ${count} ${count === 1 ? 'tool' : 'tools'}, as accepted.` },
      ...holding,
    ];
  }
  if (state === 'new') {
    const next = '`telos mcp pin` accepts what it offers; else its first use does.';
    return [{ about, verdict: 'worth_knowing', message: `${what}; nothing of it was accepted yet.`, next }, ...holding];
  }
  const changed = tools
    .filter((tool) => tool.state !== 'same')
    .map(({ name, state: how }) => `${name} (${how.replace('_', ' ')})`);
  const next = 'Read what changed with `telos mcp`; `telos mcp pin` accepts it.';
  return [{ about, verdict: 'broken', message: `${what}, and not as accepted: ${changed.join(', ')}.`, next }];
}
