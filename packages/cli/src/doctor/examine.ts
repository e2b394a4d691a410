/** What `telos doctor` looks at. Every examination ends in a finding; none throws, none changes anything but what opening makes. */
import { errorRecordOf } from '@telos/core';
import { composeCatalogue } from '../compose/catalogue.ts';
import { ensureFolder } from '../compose/open-store.ts';
import { loadConfig } from '../config/config.ts';
import type { Config } from '../config/config.ts';
import type { Terminal } from '../terminal.ts';
import { broken } from './finding.ts';
import type { Finding } from './finding.ts';
import { examinePort } from './port.ts';
import { examineQueue } from './queue.ts';
import { examineRateLimits } from './rate-limits.ts';
import { examineRetention } from './retention.ts';
import { examineSearch } from './search.ts';
import { examineStore } from './store.ts';
import { examineTriggers } from './triggers.ts';

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
    examineQueue(config),
    examineModels(config, terminal.folder),
    examineSearch(config.search),
    examinePort(7420),
    examineTriggers(config, terminal),
  ]);
  const settings: Finding = { about: 'settings', verdict: 'sound', message: 'valid.' };
  return [
    node,
    settings,
    examineHome(config),
    ...rest.flat(),
    ...examineRateLimits(config),
    examineRetention(config, terminal.now()),
  ];
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
