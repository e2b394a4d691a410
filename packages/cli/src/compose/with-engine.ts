import { loadConfig } from '../config/load-config.ts';
import type { Terminal } from '../terminal.ts';
import { composeEngine } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';

/** An engine for one command, closed when `act` has ended. */
export async function withEngine<T>(
  terminal: Terminal,
  options: Pick<EngineOptions, 'isAlone'>,
  act: (engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = await composeEngine({
    ...options,
    config: await loadConfig(terminal.environment, terminal.folder),
    environment: terminal.environment,
    workspace: terminal.folder,
    report: ({ message }) => terminal.complain(`${message}\n`),
  });
  try {
    return await act(engine);
  } finally {
    await engine.close();
  }
}
