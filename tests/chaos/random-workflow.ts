/**
 * Workflows made by chance: blocks within blocks, retries, waits, signals, effects. The
 * same seed gives the same workflow, and every workflow gives an output that
 * depends on nothing but its inputs, however often its workers die.
 */
import { chance } from '../engine/chance.ts';

export type ChaosWorkflow = { readonly seed: number; readonly yaml: string };

type Draw = (n: number) => number;

export function randomWorkflow(seed: number): ChaosWorkflow {
  const random = chance(seed);
  const draw: Draw = (n) => Math.floor(random() * n);
  let made = 0;
  const name = (): string => `s${made++}`;

  function list(depth: number, length: number): readonly string[] {
    return Array.from({ length }, () => step(depth)).flat();
  }

  function indented(lines: readonly string[], by: number): readonly string[] {
    return lines.map((line) => ' '.repeat(by) + line);
  }

  function step(depth: number): readonly string[] {
    const id = name();
    const kind = depth === 0 ? draw(7) : draw(11);
    switch (kind) {
      case 0:
        return [`- { id: ${id}, uses: flaky, with: { n: ${draw(3)} }, retry: { max: 5, delay: 20ms, jitter: false } }`];
      case 1:
        return [`- { id: ${id}, uses: send, with: { to: ${id} } }`];
      case 2:
        return [`- { id: ${id}, uses: post, with: { v: ${draw(9)} }, idempotency_key: "\${{ run.id }}-${id}" }`];
      case 3:
        return [`- { id: ${id}, wait: { for: ${20 + draw(200)}ms } }`];
      case 4:
      case 5:
        return [`- { id: ${id}, uses: ${draw(4) === 0 ? 'large' : 'double'}, with: { v: ${draw(100)} } }`];
      case 6:
        return [`- { id: ${id}, wait: { signal: ${id} } }`];
      case 7:
      case 8: {
        const items = Array.from({ length: 1 + draw(5) }, () => draw(10)).join(', ');
        return [
          `- id: ${id}`,
          `  foreach: "\${{ [${items}] }}"`,
          `  as: i${id}`,
          `  max_parallel: ${1 + draw(4)}`,
          '  steps:',
          ...indented(
            [...list(depth - 1, draw(2)), `- { id: ${name()}, uses: double, with: { v: "\${{ i${id} }}" } }`],
            4,
          ),
        ];
      }
      case 9: {
        const count = name();
        return [
          `- id: ${id}`,
          `  loop: { state: { n: 0 }, until: "state.n >= ${2 + draw(6)}", max: 9, next: { n: "\${{ steps.${count}.output }}" } }`,
          '  steps:',
          ...indented(
            [...list(depth - 1, draw(2)), `- { id: ${count}, uses: add, with: { v: "\${{ state.n }}", by: 2 } }`],
            4,
          ),
        ];
      }
      default:
        return [
          `- id: ${id}`,
          '  parallel:',
          '    left:',
          ...indented(list(depth - 1, 1 + draw(2)), 6),
          '    right:',
          ...indented(list(depth - 1, 1), 6),
        ];
    }
  }

  const steps = list(2, 2 + draw(4));
  const ids = steps.flatMap((line) => /^- (?:\{ )?id: (s\d+)/.exec(line)?.[1] ?? []);
  const outputs = ids.map((id) => `  ${id}: "\${{ steps.${id}.output }}"`);
  const yaml = ['telos: 1', `id: chaos_${seed}`, 'steps:', ...indented(steps, 2), 'outputs:', ...outputs, ''].join(
    '\n',
  );
  return { seed, yaml };
}
