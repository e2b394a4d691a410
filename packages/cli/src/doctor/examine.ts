/** What `telos doctor` looks at. Every examination ends in a finding; none throws, none changes anything but what opening makes. */
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { errorRecordOf } from '@telos/core';
import { composeCatalogue } from '../compose/catalogue.ts';
import { ensureFolder, openStore } from '../compose/open-store.ts';
import { loadConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import type { Terminal } from '../terminal.ts';
import type { Finding } from './finding.ts';
import { examinePort } from './port.ts';
import { examineSearch } from './search.ts';

const oldestNode = 24;

export async function examine(terminal: Terminal): Promise<readonly Finding[]> {
  const node = examineNode(process.versions.node);
  let config: Config;
  try {
    config = await loadConfig(terminal.environment, terminal.folder);
  } catch (error) {
    const { message, details } = errorRecordOf(error, 'CONFIG_INVALID');
    const problems = Array.isArray(details?.['problems']) ? details['problems'].join('; ') : message;
    return [
      node,
      {
        about: 'settings',
        verdict: 'broken',
        message: problems,
        next: 'Correct them in the environment or in telos.yaml.',
      },
    ];
  }
  const rest = await Promise.all([
    examineStore(config),
    examineModels(config, terminal.folder),
    examineSearch(config.search),
    examinePort(7420),
  ]);
  return [node, { about: 'settings', verdict: 'sound', message: 'valid.' }, examineHome(config), ...rest.flat()];
}

function examineNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  if (major >= oldestNode) return { about: 'node', verdict: 'sound', message: `${version}.` };
  const next = `Use Node ${oldestNode} or newer; in the repository, \`pnpm telos\` brings its own.`;
  return { about: 'node', verdict: 'broken', message: `${version} is too old.`, next };
}

function examineHome({ home }: Config): Finding {
  try {
    ensureFolder(home);
    return { about: 'home', verdict: 'sound', message: `${home} can be written to.` };
  } catch (error) {
    return broken('home', error);
  }
}

async function examineStore(config: Config): Promise<Finding[]> {
  const { path } = config.database;
  try {
    const store = await openStore(config);
    const runs = await store.runs.count({});
    const unfinished = await store.runs.count({ status: ['pending', 'running', 'waiting', 'paused'] });
    await store.close();
    const facts =
      path === ':memory:'
        ? 'kept in memory'
        : `${path}, version ${versionOf(path)}, ${Math.ceil(statSync(path).size / 1024)} KiB`;
    const message = `${facts}; ${runs} runs, ${unfinished} unfinished; durability ${config.durability}.`;
    return [
      { about: 'store', verdict: 'sound', message },
      { about: 'queue', verdict: 'sound', message: 'local: runs are carried out by the process that holds them.' },
    ];
  } catch (error) {
    return [broken('store', error)];
  }
}

function versionOf(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  } finally {
    database.close();
  }
}

async function examineModels(config: Config, folder: string): Promise<Finding[]> {
  try {
    const models = await composeCatalogue(config, folder).models.list();
    const chat = models.filter((model) => model.available && model.kind === 'chat');
    const missing = models
      .filter((model) => !model.available)
      .map(({ ref, note }): Finding => ({
        about: `model ${ref}`,
        verdict: 'worth_knowing',
        message: note ?? 'cannot be called.',
      }));
    if (chat.every(({ provider }) => provider === 'offline')) {
      const next = 'Set OPENAI_API_KEY (and OPENAI_BASE_URL for a compatible server), or start Ollama.';
      const message = 'only offline/extractive, which quotes and is no language model.';
      return [{ about: 'models', verdict: 'worth_knowing', message, next }, ...missing];
    }
    return [{ about: 'models', verdict: 'sound', message: `${chat.map(({ ref }) => ref).join(', ')}.` }, ...missing];
  } catch (error) {
    return [broken('models', error)];
  }
}

function broken(about: string, error: unknown): Finding {
  const { message, next } = errorRecordOf(error, 'BUG');
  return { about, verdict: 'broken', message, ...(next === undefined ? {} : { next }) };
}
