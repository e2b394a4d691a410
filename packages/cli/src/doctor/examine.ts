/** What `telos doctor` looks at. Every examination ends in a finding; none throws, none changes anything but what opening makes. */
import { errorRecordOf } from '@telos/core';
import type { Models, Store } from '@telos/core';
import { composeCatalogue } from '../compose/catalogue.ts';
import { ensureFolder, openStore } from '../compose/open-store.ts';
import { secretsOf } from '../compose/secrets.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/config.ts';
import { unreadSettings } from '../config/settings.ts';
import type { Environment, Terminal } from '../terminal.ts';
import { broken } from './finding.ts';
import type { Finding } from './finding.ts';
import { examineCallbacks } from './callbacks.ts';
import { examinePort } from './port.ts';
import { examineQueue } from './queue.ts';
import { examineRateLimits } from './rate-limits.ts';
import { examineRetention } from './retention.ts';
import { examineSearch } from './search.ts';
import { examineServers } from './servers.ts';
import { examineStore } from './store.ts';
import { examineTriggers } from './triggers.ts';

const oldestNode = 24;

export type Examined = {
  readonly findings: readonly Finding[];
  /** Open, for what is asked next; absent when it cannot be opened. To be closed. */
  readonly store?: Store;
};

export async function examine(terminal: Terminal): Promise<Examined> {
  const node = examineNode(process.versions.node);
  let config: Config;
  try {
    config = await loadConfig(terminal.environment, terminal.folder);
  } catch (error) {
    const { message, details } = errorRecordOf(error, 'CONFIG_INVALID');
    const problems = Array.isArray(details?.['problems']) ? details['problems'].join('; ') : message;
    const next = 'Correct them in the environment or in telos.yaml.';
    return { findings: [node, { about: 'settings', verdict: 'broken', message: problems, next }] };
  }
  const opening = openStore(config);
  const secrets = secretsOf(terminal.environment);
  const { catalog, models, mcp } = composeCatalogue(config, terminal.folder, { secrets });
  const secretNames = secrets.names;
  const rest = await Promise.all([
    examineStore(config, opening),
    examineQueue(config),
    examineModels(models),
    examineSearch(config.search),
    examineServers({ catalog, mcp }),
    examinePort(7420),
    examineCallbacks(opening),
    examineTriggers(opening, { catalog, models, secretNames }, terminal.now()),
  ]);
  const findings = [
    node,
    examineSettings(terminal.environment),
    examineHome(config),
    ...rest.flat(),
    ...examineRateLimits(config),
    examineRetention(config, terminal.now()),
  ];
  const store = await opening.catch(() => undefined);
  return { findings, ...(store === undefined ? {} : { store }) };
}

function examineNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  if (major >= oldestNode) return { about: 'node', verdict: 'sound', message: `${version}.` };
  const next = `Use Node ${oldestNode} or newer; in the repository, \`pnpm telos\` brings its own.`;
  return { about: 'node', verdict: 'broken', message: `${version} is too old.`, next };
}

/** Those that are read are valid when this is asked. */
function examineSettings(environment: Environment): Finding {
  const unread = unreadSettings(environment);
  if (unread.length === 0) return { about: 'settings', verdict: 'sound', message: 'valid.' };
  const message = `${unread.join(', ')}: nobody reads a setting of this name; the others are valid.`;
  return { about: 'settings', verdict: 'worth_knowing', message, next: 'docs/settings.md lists those that there are.' };
}

function examineHome({ home }: Config): Finding {
  try {
    ensureFolder(home);
    return { about: 'home', verdict: 'sound', message: `${home} can be written to.` };
  } catch (error) {
    return broken('home', error);
  }
}

async function examineModels(models: Models): Promise<Finding[]> {
  try {
    const known = await models.list();
    const chat = known.filter((model) => model.available && model.kind === 'chat');
    const missing = known
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
