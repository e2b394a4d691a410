/**
 * Lifts what a plan names out of its steps into inputs, so that the workflow it
 * becomes can be run for something else: which folder, which file, which
 * address, what is looked for, and the lists that are walked through.
 *
 * Only a value that stands alone is lifted, with itself as the default: run
 * without inputs, the workflow does what the plan did. What a step does, and how
 * (statements, prompts, code, methods), stays where it is.
 */
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Pair, YAMLMap } from 'yaml';

export type Lifted = {
  readonly source: string;
  /** Names of the inputs, in order. */ readonly inputs: readonly string[];
};

/** Parameters whose value is what a plan is about, and no part of how it goes about it. */
const aboutWhat: ReadonlySet<string> = new Set(['folder', 'collection', 'path', 'url', 'query', 'question', 'topic']);

type Input = { readonly name: string; readonly value: unknown };

export function liftLiterals(source: string): Lifted {
  const document = parseDocument(source, { logLevel: 'silent' });
  const { contents } = document;
  if (document.errors.length > 0 || !isMap(contents) || contents.has('inputs')) return { source, inputs: [] };
  const inputs: Input[] = [];
  liftFrom(contents.get('steps'), document, inputs);
  if (inputs.length === 0) return { source, inputs: [] };
  const names = inputs.map(({ name }) => name);
  const declared = Object.fromEntries(inputs.map(({ name, value }) => [name, schemaOf(value)]));
  const made = document.createNode(declared);
  for (const { value } of made.items) if (isMap(value)) value.flow = true;
  const pair = document.createPair('inputs', made);
  const before = contents.items.findIndex(({ key }) => isScalar(key) && key.value === 'steps');
  // the parsed document's own type, which only says more of where its nodes stood
  contents.items.splice(before, 0, pair as unknown as (typeof contents.items)[number]);
  describe(contents, names);
  return { source: document.toString({ lineWidth: 0, flowCollectionPadding: true }), inputs: names };
}

function liftFrom(steps: unknown, document: Document, inputs: Input[]): void {
  if (!isSeq(steps)) return;
  for (const step of steps.items) {
    if (!isMap(step)) continue;
    const given = step.get('with');
    if (step.has('uses') && isMap(given)) {
      for (const pair of given.items) {
        const name = isScalar(pair.key) ? String(pair.key.value) : '';
        if (aboutWhat.has(name)) lift(pair, name, document, inputs);
      }
    }
    const list = step.items.find(({ key }) => isScalar(key) && key.value === 'foreach');
    const item = step.get('as');
    if (list !== undefined && isSeq(list.value))
      lift(list, `${typeof item === 'string' ? item : 'item'}s`, document, inputs);
    for (const { key, value } of step.items) {
      const block = isScalar(key) ? key.value : undefined;
      if (block === 'steps') liftFrom(value, document, inputs);
      if (block === 'parallel' && isMap(value))
        for (const branch of value.items) liftFrom(branch.value, document, inputs);
      if (block === 'switch' && isSeq(value))
        for (const one of value.items) if (isMap(one)) liftFrom(one.get('steps'), document, inputs);
    }
  }
}

function lift(pair: Pair<unknown, unknown>, name: string, document: Document, inputs: Input[]): void {
  const value = literalOf(pair.value);
  if (value === undefined) return;
  const known = inputs.find((input) => JSON.stringify(input.value) === JSON.stringify(value));
  const input = known ?? { name: freeName(name, inputs), value };
  if (known === undefined) inputs.push(input);
  pair.value = document.createNode(`\${{ inputs.${input.name} }}`);
}

/** A text without expressions, or a list of such texts. */
function literalOf(node: unknown): string | readonly string[] | undefined {
  if (isScalar(node)) return isLiteral(node.value) ? node.value : undefined;
  if (!isSeq(node) || node.items.length === 0) return undefined;
  const texts = node.items.map((item) => (isScalar(item) && isLiteral(item.value) ? item.value : undefined));
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

function isLiteral(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('${{');
}

function schemaOf(value: unknown): object {
  return typeof value === 'string'
    ? { type: 'string', default: value }
    : { type: 'array', items: { type: 'string' }, default: value };
}

function freeName(name: string, inputs: readonly Input[]): string {
  const taken = new Set(inputs.map((input) => input.name));
  for (let number = 1; ; number++) {
    const free = number === 1 ? name : `${name}_${number}`;
    if (!taken.has(free)) return free;
  }
}

/** Its title says what was lifted. */
function describe(contents: YAMLMap, names: readonly string[]): void {
  const said = contents.get('description');
  const title = typeof said === 'string' && said !== '' ? `${said.trimEnd().replace(/\.$/, '')}. ` : '';
  const lifted = `Lifted out of the plan as ${names.length === 1 ? 'an input' : 'inputs'}: ${names.join(', ')}.`;
  contents.set('description', `${title}${lifted}`);
}
