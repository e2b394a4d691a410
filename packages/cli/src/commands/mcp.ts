import { TelosError } from '@telos/core';
import { serversIn, serversOf } from '@telos/language';
import { metAtText } from '@telos/tools';
import type { Look, NamedServer } from '@telos/tools';
import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import type { Catalogue } from '../compose/catalogue.ts';
import { secretsOf } from '../compose/secrets.ts';
import type { Secrets } from '../compose/secrets.ts';
import { lockFileName } from '../compose/servers.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCodes } from '../exit-codes.ts';
import { readWorkflowFile } from '../inputs/workflow-file.ts';
import { lookLines } from '../output/server-lines.ts';
import { writerOf } from '../output/writer.ts';

const actions = ['list', 'pin'] as const;

export const mcp = defineCommand({
  name: 'mcp',
  summary: `Asks MCP servers what they offer and shows what of it was not accepted yet; \`pin\` accepts it, and writes it into ${lockFileName}.`,
  words: [
    { name: 'action', about: '`list` (when absent) or `pin`', needed: 'optional' },
    { name: 'file', about: 'a workflow; its servers are asked too, besides those of telos.yaml', needed: 'optional' },
  ],
  options: {
    server: { type: 'list', value: 'name', about: 'only these, by the names of their connections' },
    accept: { type: 'list', value: 'name.tool', about: 'with pin: take this tool although it would be held back' },
    json: jsonOption,
  },
  examples: ['telos mcp', 'telos mcp pin', 'telos mcp pin workflows/crm.yaml --accept crm.find_customer'],
  async run({ words: [word, file], options }, terminal) {
    const action = actionOf(word);
    const config = await loadConfig(terminal.environment, terminal.folder);
    const secrets = secretsOf(terminal.environment);
    const catalogue = composeCatalogue(config, terminal.folder, { secrets });
    const writer = writerOf(terminal, options.json);
    const servers = only(serversNamed(catalogue, file, terminal.folder), options.server);
    if (options.accept.length > 0 && action !== 'pin')
      throw new TelosError('USAGE', '--accept needs `telos mcp pin`.', { next: 'See `telos mcp --help`.' });
    const accepted = acceptedTools(options.accept, servers);
    try {
      let isSound = true;
      for (const server of servers) {
        const look = await (action === 'pin'
          ? catalogue.mcp.pin(server, accepted.get(server.connection) ?? new Set())
          : catalogue.mcp.look(server));
        const shown = masked(look, secrets);
        isSound &&= shown.state !== 'unreachable' && (action === 'pin' || shown.state === 'same');
        isSound &&= shown.tools.every(({ state }) => action === 'list' || state !== 'held_back');
        const { accepted: _, at, ...rest } = shown;
        writer.object({
          type: 'server',
          at: metAtText(at),
          pinned: action === 'pin' && shown.state !== 'unreachable',
          ...rest,
        });
        writer.lines(...lookLines(shown, action === 'pin'), '');
      }
      if (servers.length === 0)
        writer.lines('No MCP server is named in telos.yaml; one of a workflow is found by its file.');
      return isSound ? exitCodes.succeeded : exitCodes.failed;
    } finally {
      await catalogue.mcp.close();
    }
  },
});

function actionOf(word: string | undefined): (typeof actions)[number] {
  if (word === undefined) return 'list';
  const action = actions.find((one) => one === word);
  if (action !== undefined) return action;
  throw new TelosError('USAGE', `\`telos mcp\` can list and pin, not "${word}".`, { next: 'See `telos mcp --help`.' });
}

function serversNamed(
  { catalog, isWithheld }: Catalogue,
  file: string | undefined,
  folder: string,
): readonly NamedServer[] {
  const shared = serversIn(catalog.shared?.tools ?? {});
  if (file === undefined) return shared;
  const { source } = readWorkflowFile(file, folder, isWithheld);
  const own = serversOf(source, catalog);
  // A workflow's own goes before a shared one of the same name.
  const names = new Set(own.map(({ connection }) => connection));
  return [...own, ...shared.filter(({ connection }) => !names.has(connection))];
}

function only(servers: readonly NamedServer[], names: readonly string[]): readonly NamedServer[] {
  const unknown = names.find((name) => !servers.some(({ connection }) => connection === name));
  if (unknown !== undefined) {
    const known = servers.map(({ connection }) => connection).join(', ') || 'none';
    throw new TelosError('USAGE', `No MCP server is named ${unknown}; there is: ${known}.`, {
      next: 'Name the workflow whose server it is, or write it into telos.yaml.',
    });
  }
  return names.length === 0 ? servers : servers.filter(({ connection }) => names.includes(connection));
}

function acceptedTools(
  accept: readonly string[],
  servers: readonly NamedServer[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const accepted = new Map<string, Set<string>>();
  for (const name of accept) {
    const dot = name.indexOf('.');
    const connection = name.slice(0, Math.max(dot, 0));
    if (!servers.some((server) => server.connection === connection)) {
      throw new TelosError('USAGE', `--accept ${name} names no tool of these servers.`, {
        next: 'Write the name of the connection and that of its tool: --accept crm.find_customer',
      });
    }
    accepted.set(connection, (accepted.get(connection) ?? new Set()).add(name.slice(dot + 1)));
  }
  return accepted;
}

/** A server may say in an error what it was given. */
function masked(look: Look, secrets: Secrets): Look {
  const values = [...secrets.names].flatMap((name) => secrets.value(name) ?? []).filter((value) => value.length >= 6);
  const text = values.reduce(
    (hidden, value) => hidden.replaceAll(JSON.stringify(value).slice(1, -1), '***'),
    JSON.stringify(look),
  );
  return JSON.parse(text) as Look; // texts were replaced by texts
}
