/**
 * What a program's labels can be told to be before it runs: which of its steps
 * are certain to stop for a person because of them, and which judges are
 * certain to be shown private data.
 *
 * It follows the same flows as a run does, as if every step had run. Where
 * that leaves it open (which case is taken, what another workflow gives), it
 * says nothing: the check that counts is made when the values are there.
 */
import {
  joinAll,
  joinLabellings,
  labellingAt,
  labellingOfFields,
  labelsIn,
  marked,
  toolIn,
  unlabelled,
  wholeOf,
  withMarks,
  withoutLabel,
} from '@telos/core';
import type {
  ActionStep,
  Effect,
  Label,
  Labelling,
  LoopStep,
  Program,
  Step,
  Template,
  ToolUse,
  WaitStep,
} from '@telos/core';
import type { ExpressionCache } from '../cel/compiled-template.ts';
import type { Catalog } from '../compiled.ts';
import { closedHosts, configuredModels, judgesMayHave } from '../permissions/hosts.ts';
import { looksAtArguments, namesOf, ruleNaming } from '../permissions/rules.ts';
import type { Finding } from '../resolve/finding.ts';
import { isObject } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { flowOf } from './flow.ts';
import type { LabellingAt } from './flow.ts';
import { checksOfRails, checksOfStep } from './private-judging.ts';
import type { CheckAt, PrivateJudging } from './private-judging.ts';

/** What expressions see somewhere. */
type Known = {
  /** Outputs by step id, of this list and of those around it. */
  readonly steps: ReadonlyMap<string, Labelling>;
  /** Items and states of the blocks around. */
  readonly names: ReadonlyMap<string, Labelling>;
};

export type Foreseeing = {
  readonly program: Program;
  readonly catalog: Catalog;
  readonly expressions: ExpressionCache;
  /** Where each step stands, by its chain of ids. */
  readonly places: ReadonlyMap<string, Place>;
};

export type Foreseen = {
  /** Every step that will stop for a person, once for each label that stops it. */
  readonly stops: readonly Finding[];
  /** Every judge that will be shown private data, where not every model may have any. */
  readonly judging: readonly PrivateJudging[];
};

export function foresee(foreseeing: Foreseeing): Foreseen {
  const { program, catalog, expressions, places } = foreseeing;
  if (!mayBeLabelled(program, catalog)) return { stops: [], judging: [] };
  const found: Finding[] = [];
  const judging = new Map<string, PrivateJudging>();
  const hosts = [...(catalog.privateHosts ?? configuredModels), ...(program.permissions.hosts ?? [])];
  const mayBeClosed = judgesMayHave([hosts]) !== undefined;
  const inputs = labellingOfFields(
    Object.fromEntries(
      Object.entries(program.inputs).map(([name, spec]) => [
        name,
        spec.private === true ? marked(['private'], `inputs.${name}`) : unlabelled,
      ]),
    ),
  );

  function labellingIn({ steps, names }: Known): LabellingAt {
    return ([root = '', first = '', field, ...rest]) => {
      if (root === 'inputs')
        return labellingAt(inputs, first === '' ? [] : [first, ...(field === undefined ? [] : [field, ...rest])]);
      if (root === 'vars') return labellingAt(of(program.vars, { steps: new Map(), names: new Map() }), [first]);
      if (root === 'steps') {
        const labelling = steps.get(first) ?? unlabelled;
        return field === 'output' ? labellingAt(labelling, rest) : unlabelled;
      }
      const named = names.get(root);
      return named === undefined ? unlabelled : labellingAt(named, first === '' ? [] : [first]);
    };
  }

  function of(template: Template, known: Known): Labelling {
    return flowOf(template, expressions)?.(labellingIn(known)) ?? unlabelled;
  }

  /** Gives what each step of the list gives; of the last one too, by the empty id. */
  function walk(list: readonly Step[], around: Known, chain: string): ReadonlyMap<string, Labelling> {
    const steps = new Map(around.steps);
    const byId = new Map(list.map((step) => [step.id, step]));
    const visited = new Set<string>();
    const visit = (step: Step): void => {
      if (visited.has(step.id)) return;
      visited.add(step.id);
      for (const id of step.after) {
        const before = byId.get(id);
        if (before !== undefined) visit(before);
      }
      const ownChain = chain === '' ? step.id : `${chain}.${step.id}`;
      const own = given(step, { ...around, steps }, ownChain);
      if (mayBeClosed) foreseeJudges(step, own, { ...around, steps }, places.get(ownChain) ?? []);
      steps.set(step.id, step.trust === 'trusted' ? withoutLabel(own, 'untrusted') : own);
    };
    for (const step of list) visit(step);
    const last = list.at(-1);
    return new Map([...steps, ['', last === undefined ? unlabelled : (steps.get(last.id) ?? unlabelled)]]);
  }

  function lastOf(list: readonly Step[], known: Known, chain: string): Labelling {
    return walk(list, known, chain).get('') ?? unlabelled;
  }

  function given(step: Step, known: Known, chain: string): Labelling {
    switch (step.kind) {
      case 'action':
        return givenByAction(step, known, chain);
      case 'foreach': {
        const items = wholeOf(of(step.items, known));
        const names = new Map([...known.names, [step.as, items]]);
        const inner = walk(step.steps, { ...known, names }, chain);
        const each = step.yield === undefined ? inner.get('') : of(step.yield, { steps: inner, names });
        return joinAll([items, wholeOf(each ?? unlabelled)]);
      }
      case 'parallel':
        return labellingOfFields(
          Object.fromEntries(
            Object.entries(step.branches).map(([name, list]) => [name, lastOf(list, known, `${chain}.${name}`)]),
          ),
        );
      case 'switch': {
        const cases = step.cases.map(({ steps }, index) => wholeOf(lastOf(steps, known, `${chain}[${index}]`)));
        return step.cases.some((one) => one.when === undefined) ? common(cases) : unlabelled;
      }
      case 'loop':
        return givenByLoop(step, known, chain);
      case 'plan':
        return labellingOfFields({
          plan: unlabelled,
          outcome: unlabelled,
          rounds: unlabelled,
          round: unlabelled,
          output: wholeOf(of(step.with, known)),
          objectives: wholeOf(of(step.with, known)),
          notes: wholeOf(of(step.with, known)),
        });
      case 'approve':
        return labellingOfFields({
          by: unlabelled,
          value: step.form === undefined ? of(step.show, known) : unlabelled,
        });
      case 'wait':
        return givenByWait(step, known, chain);
      // What its tools bring is known when it has called them.
      case 'agent':
        return wholeOf(of([step.instructions, step.input, step.hooks ?? null], known));
      case 'workflow':
        return unlabelled;
    }
  }

  function givenByWait({ wait }: WaitStep, known: Known, chain: string): Labelling {
    switch (wait.for) {
      case 'signal':
        return marked(['untrusted'], chain);
      case 'duration':
        return wholeOf(of(wait.ms, known));
      case 'instant':
        return wholeOf(of(wait.at, known));
    }
  }

  function givenByLoop(step: LoopStep, known: Known, chain: string): Labelling {
    let state = of(step.state, known);
    let inner: ReadonlyMap<string, Labelling> = new Map();
    // Each round may bring labels to one more field, and there are two labels.
    for (let round = 0; round < 2 * Object.keys(step.next).length + 1; round++) {
      const names = new Map([...known.names, ['state', state]]);
      inner = walk(step.steps, { ...known, names }, chain);
      const next = of(step.next, { steps: inner, names });
      const fields = [...new Set([...Object.keys(step.state), ...Object.keys(step.next)])];
      const joined = labellingOfFields(
        Object.fromEntries(
          fields.map((field) => [
            field,
            joinLabellings(
              Object.hasOwn(step.state, field) ? labellingAt(state, [field]) : unlabelled,
              Object.hasOwn(step.next, field) ? labellingAt(next, [field]) : unlabelled,
            ),
          ]),
        ),
      );
      if (JSON.stringify(joined) === JSON.stringify(state)) break;
      state = joined;
    }
    return labellingOfFields({ state, output: inner.get('') ?? unlabelled, rounds: unlabelled, reached: unlabelled });
  }

  function givenByAction(step: ActionStep, known: Known, chain: string): Labelling {
    const tool = toolIn(catalog, program.tools, step.uses);
    const key = step.idempotencyKey === undefined ? unlabelled : wholeOf(of(step.idempotencyKey, known));
    const input = withMarks(of(step.with, known), key);
    foreseeStop(step, input, [...(places.get(chain) ?? [])]);
    const read = tool?.echoes === undefined ? wholeOf(input) : labellingAt(input, [tool.echoes]);
    const labels = [...(tool?.returns ?? []), ...(tool?.certainLabels?.(isObject(step.with) ? step.with : {}) ?? [])];
    const own = withMarks(read, marked(labels, chain));
    if (step.compensate !== undefined) {
      const undoing: Known = { ...known, steps: new Map([...known.steps, [step.id, own]]) };
      const use: ToolUse = step.compensate;
      foreseeStop({ ...use, asks: undefined }, of(use.with, undoing), [...(places.get(chain) ?? []), 'compensate']);
    }
    return own;
  }

  type Calling = Pick<ActionStep, 'uses' | 'with'> & { readonly asks?: true | undefined; readonly effect?: Effect };

  function foreseeStop(step: Calling, input: Labelling, place: Place): void {
    if (input === unlabelled || place.length === 0) return;
    const { allow, ask } = program.permissions;
    const names = namesOf(step, program.tools);
    // A rule that looks at arguments may let it go or ask about it: that is seen when they are there.
    const isRuled = ruleNaming([...allow, ...ask], names) !== undefined || looksAtArguments([...allow, ...ask], names);
    if (step.asks === true || isRuled) return;
    const effect = effectOf(step);
    if (effect !== undefined && effect !== 'read' && toolIn(catalog, program.tools, step.uses)?.keepsLabels !== true)
      stop('untrusted', 'UNTRUSTED_ARGUMENT', '');
    const hosts = effect === undefined ? [] : closedOf(step, effect);
    if (hosts === 'unknown') stop('private', 'PRIVATE_TO_HOST', '');
    else if (hosts[0] !== undefined) stop('private', 'PRIVATE_TO_HOST', hosts[0]);

    function stop(label: Label, code: 'UNTRUSTED_ARGUMENT' | 'PRIVATE_TO_HOST', host: string): void {
      const argument = Object.keys(isObject(step.with) ? step.with : {}).find(
        (name) => labellingAt(input, [name])[label] !== undefined,
      );
      if (argument === undefined) return;
      const from = (labellingAt(input, [argument])[label] ?? []).map((origin) => `\`${origin}\``).join(', ');
      const what = label === 'untrusted' ? 'untrusted text' : 'private data';
      const where = host === '' ? '' : `, and would be sent to ${host}`;
      const allowed = `allow: [${names.written}]`;
      const hint =
        label === 'untrusted'
          ? `to let it run unasked write \`permissions: { ${allowed} }\`, or \`trust: trusted\` on the step that it comes from`
          : `to let it run unasked write \`permissions: { ${host === '' ? allowed : `hosts: [${host}]`} }\``;
      found.push({
        code,
        place: [...place, 'with', argument],
        message: `\`${argument}\` holds ${what} from ${from}${where}: every run will stop here until a person allows it`,
        hint,
      });
    }
  }

  /** Undefined when that depends on values which are not there yet. */
  function effectOf(step: Calling): Effect | undefined {
    const tool = toolIn(catalog, program.tools, step.uses);
    if (step.effect !== undefined || tool?.effectOf === undefined) return step.effect ?? tool?.effect;
    try {
      const input = tool.input.safeParse(step.with);
      return input.success ? tool.effectOf(input.data, { connection }) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Where it would be sent that may have no private data. */
  function closedOf(step: Calling, effect: Effect): readonly string[] | 'unknown' {
    const tool = toolIn(catalog, program.tools, step.uses);
    if (tool?.sendsTo === undefined) return effect === 'read' ? [] : 'unknown';
    // Which models there are is known when they are asked: a compiler asks nobody.
    if (tool.sendsOnlyToModels === true) return [];
    try {
      const input = tool.input.safeParse(step.with);
      const sent = input.success ? tool.sendsTo(input.data, { connection }) : [];
      if (sent instanceof Promise) {
        // Whoever has to find out where it sends is asked when it does.
        sent.catch(() => undefined);
        return [];
      }
      return closedHosts(hosts, sent);
    } catch {
      return [];
    }
  }

  function foreseeJudges(step: Step, own: Labelling, known: Known, place: Place): void {
    const checks = place.length === 0 ? [] : checksOfStep(step, place);
    if (checks.length === 0) return;
    const input = 'with' in step ? of(step.with, known) : unlabelled;
    const shown = joinAll([input, ...step.reads.map((id) => known.steps.get(id) ?? unlabelled)]);
    for (const check of checks) noteJudge(check, check.sees === 'made' ? joinLabellings(shown, own) : shown, known);
  }

  /** It is shown its parameters too. */
  function noteJudge({ use, place }: CheckAt, shown: Labelling, known: Known): void {
    const from = wholeOf(joinLabellings(shown, of(use.with, known))).private;
    // The body of a loop is walked more than once; the last walk knows most.
    if (from !== undefined) judging.set(JSON.stringify(place), { use, place, from });
  }

  const connection = (name: string) => program.tools[name];

  const outside: Known = { steps: new Map(), names: new Map() };
  const own = walk(program.steps, outside, '');
  for (const [index, handler] of (program.catch ?? []).entries())
    walk(handler.steps, { ...outside, steps: own }, `catch[${index}]`);
  if (program.finally !== undefined) walk(program.finally.steps, { ...outside, steps: own }, 'finally');
  if (mayBeClosed) {
    const known = { ...outside, steps: own };
    const made = joinAll([of(program.outputs, known), ...program.outputReads.map((id) => own.get(id) ?? unlabelled)]);
    for (const check of checksOfRails(program.rails, ['rails']))
      noteJudge(check, check.place[1] === 'output' ? made : inputs, outside);
  }
  return { stops: distinct(found), judging: [...judging.values()] };
}

/** Whether anything in it brings labels of its own. */
function mayBeLabelled(program: Program, { tools }: Catalog): boolean {
  return (
    Object.values(program.inputs).some((spec) => spec.private === true) ||
    Object.values(program.tools).some(({ tools: served }) => served !== undefined) ||
    program.requires.tools.some((name) => {
      const tool = tools.get(name);
      return (tool?.returns.length ?? 0) > 0 || tool?.certainLabels !== undefined;
    }) ||
    JSON.stringify(program.steps).includes('"for":"signal"')
  );
}

/** What all of them carry. */
function common(labellings: readonly Labelling[]): Labelling {
  const all = joinAll(labellings);
  return labelsIn(all)
    .filter((label) => labellings.some((one) => one[label] === undefined))
    .reduce(withoutLabel, all);
}

/** A loop's body is walked more than once. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  const kept = new Map(findings.map((finding) => [`${finding.code} ${JSON.stringify(finding.place)}`, finding]));
  return [...kept.values()];
}
