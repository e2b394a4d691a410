import { isMap, parseDocument } from 'yaml';
import { TelosError } from '@telos/core';
import type { Json } from '@telos/core';
import { yamlText } from './cassette.ts';

export type WrittenTest = {
  readonly test: string;
  /** As the file names it. */
  readonly workflow: string;
  readonly keepsPrivate: boolean;
  readonly name: string;
  readonly case: { readonly [key: string]: Json };
};

/** The text of a test file with one case. */
export function writeTestFile({ test, workflow, keepsPrivate, name, case: one }: WrittenTest): string {
  const document = {
    telos: 1,
    test,
    workflow,
    ...(keepsPrivate ? { keep_private: true } : {}),
    cases: { [name]: one },
  };
  return yamlText(document);
}

/**
 * The same file with one more case, all else as it is written.
 *
 * @throws TelosError TEST_EXISTS when it has a case of that name, or is no test file.
 */
export function addCase(source: string, { name, case: one }: Pick<WrittenTest, 'name' | 'case'>): string {
  const document = parseDocument(source);
  const cases = document.get('cases');
  if (document.errors.length > 0 || !isMap(cases))
    throw new TelosError('TEST_EXISTS', 'The file is there and is no test file to which a case can be added.');
  if (cases.has(name)) throw new TelosError('TEST_EXISTS', `The file has a case ${name} already.`);
  cases.set(document.createNode(name), document.createNode(one));
  return document.toString({ lineWidth: 0 });
}
