/** Checks what expressions refer to: root names, inputs, steps, secrets. */
import type { Reference } from '../cel/references.ts';
import { suggestion } from '../text/nearest.ts';
import type { Finding } from './finding.ts';
import type { Resolution } from './resolution.ts';
import { look, visibleSteps } from './sight.ts';
import type { Sight } from './sight.ts';

const envelope: readonly string[] = ['output', 'status', 'error', 'usage', 'gate', 'attempt'];
const runFields: readonly string[] = ['id', 'started_at', 'usage', 'workflow'];

/** What a reference is at fault for, without its place; undefined when nothing. Notes the steps and secrets that it reads. */
export function checkReference(
  reference: Reference,
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
): Pick<Finding, 'code' | 'message' | 'hint'> | undefined {
  const [root = '', key, field] = reference.path;
  if ((root === 'inputs' || root === 'vars' || root === 'run') && !sight.roots.includes(root)) {
    return { code: 'UNKNOWN_NAME', message: `\`${root}\` is not in scope here`, hint: inScope(sight) };
  }
  switch (root) {
    case 'inputs':
      if (key === undefined || resolution.inputs.has(key)) return undefined;
      return {
        code: 'UNKNOWN_INPUT',
        message: `there is no input \`${key}\``,
        hint: suggestion(key, resolution.inputs) ?? 'declare it under `inputs:`',
      };
    case 'vars':
      return key === undefined || resolution.vars.has(key)
        ? undefined
        : unknownName(`vars.${key}`, key, resolution.vars);
    case 'run':
      return key === undefined || runFields.includes(key) ? undefined : unknownName(`run.${key}`, key, runFields);
    case 'secrets':
      return checkSecret(key, sight, resolution);
    case 'steps':
      if (sight.from !== undefined) return checkStep(key, field, sight, reads);
      break;
    default: {
      const named = sight.names.get(root);
      if (named === undefined) break;
      const { fields } = named;
      return fields === undefined || key === undefined || fields.includes(key)
        ? undefined
        : unknownName(`${root}.${key}`, key, fields);
    }
  }
  return { code: 'UNKNOWN_NAME', message: `there is no \`${root}\` here`, hint: rootHint(root, sight) };
}

function checkStep(
  id: string | undefined,
  field: string | undefined,
  sight: Sight,
  reads: Set<string>,
): Pick<Finding, 'code' | 'message' | 'hint'> | undefined {
  if (id === undefined) {
    return {
      code: 'UNKNOWN_STEP',
      message: '`steps` must be followed by the id of a step',
      hint: 'write steps.<id>.output',
    };
  }
  const found = look(sight, id);
  switch (found.is) {
    case 'seen':
      reads.add(id);
      return field === undefined || envelope.includes(field)
        ? undefined
        : unknownName(`steps.${id}.${field}`, field, envelope);
    case 'itself':
      return {
        code: 'NOT_AN_ANCESTOR',
        message: `step \`${id}\` cannot read itself`,
        hint: 'in a gate, `output` is what the step has just given',
      };
    case 'not_before':
      return {
        code: 'NOT_AN_ANCESTOR',
        message: `step \`${id}\` need not have finished before this is evaluated`,
        hint: found.waits ? `it runs after this one: move \`${id}\` before it` : `add it: needs: [${id}]`,
      };
    case 'inside':
      return {
        code: 'UNKNOWN_STEP',
        message: `step \`${id}\` is inside \`${found.block}\` and cannot be seen from here`,
        hint: `read steps.${found.block}.output`,
      };
    case 'in_handler':
      return {
        code: 'UNKNOWN_STEP',
        message: `step \`${id}\` is in \`${found.handler}\` and cannot be seen from here`,
        hint: 'only later steps of the same list see it',
      };
    default:
      return { code: 'UNKNOWN_STEP', message: `there is no step \`${id}\``, hint: suggestion(id, visibleSteps(sight)) };
  }
}

function checkSecret(
  name: string | undefined,
  sight: Sight,
  resolution: Resolution,
): Pick<Finding, 'code' | 'message' | 'hint'> | undefined {
  if (!sight.secrets) {
    return {
      code: 'SECRET_MISPLACED',
      message: `a secret${name === undefined ? '' : `, \`${name}\`,`} would be recorded here`,
      hint: 'secrets may stand in connections under `tools:` and in `headers` or `auth`',
    };
  }
  if (name === undefined) return { code: 'SECRET_MISPLACED', message: 'a secret must be named: secrets.<NAME>' };
  resolution.requires.secrets.add(name);
  return undefined;
}

function unknownName(shown: string, name: string, known: Iterable<string>): Pick<Finding, 'code' | 'message' | 'hint'> {
  const names = [...known];
  const near = suggestion(name, names);
  return {
    code: 'UNKNOWN_NAME',
    message: `there is no \`${shown}\``,
    hint: near ?? (names.length === 0 ? undefined : `known: ${names.join(', ')}`),
  };
}

function rootHint(root: string, sight: Sight): string {
  if (root === 'env' || root === 'process')
    return 'the environment is not in scope; pass an input, or use `secrets` in a connection';
  if (['output', 'score', 'scores'].includes(root))
    return `\`${root}\` is known in a gate only; read steps.<id>.${root === 'output' ? 'output' : 'gate'}`;
  const where = knownElsewhere[root];
  if (where !== undefined) return where;
  return suggestion(root, rootsOf(sight)) ?? inScope(sight);
}

const knownElsewhere: { readonly [root: string]: string } = {
  error: '`error` is known in `catch` only; read steps.<id>.error',
  state: '`state` is known in a loop only: in its steps, `until` and `next`',
  event: '`event` is known under `triggers` only; hand on what a run needs as its `inputs`',
};

function inScope(sight: Sight): string {
  return `in scope: ${rootsOf(sight).join(', ')}`;
}

/** The names that an expression may begin with. */
export function rootsOf(sight: Sight): readonly string[] {
  return [...sight.roots, ...(sight.from === undefined ? [] : ['steps']), ...sight.names.keys()];
}
