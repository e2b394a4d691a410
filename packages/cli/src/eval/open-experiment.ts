/** An experiment file compiled, with the workflows and rows that it names. */
import { dirname, join } from 'node:path';
import { compileExperiment } from '@telos/language';
import type { ExperimentResult } from '@telos/language';
import type { Catalogue } from '../compose/catalogue.ts';
import { readWorkflowFile } from '../inputs/workflow-file.ts';
import { workflowsBeside } from '../inputs/workflows-beside.ts';

/**
 * @param file As the user named it, relative to `folder`.
 * @throws TelosError FILE_UNREADABLE for the experiment file itself.
 */
export async function openExperiment(
  file: string,
  folder: string,
  { catalog, isWithheld, meet }: Pick<Catalogue, 'catalog' | 'isWithheld' | 'meet'>,
  limit: number | undefined,
): Promise<ExperimentResult> {
  const own = readWorkflowFile(file, folder, isWithheld);
  return compileExperiment(own.source, {
    catalog,
    file,
    async workflow(path) {
      const named = readWorkflowFile(join(dirname(file), path), folder, isWithheld);
      await meet(named.source);
      return { ...named, workflow: workflowsBeside(named.file, folder, catalog, isWithheld) };
    },
    readFile(path) {
      const text = own.readFile(path);
      return text === undefined ? undefined : { file: join(dirname(file), path), text };
    },
    ...(limit === undefined ? {} : { limit }),
  });
}
