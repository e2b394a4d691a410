/** What the world of a simulation is asked, and how a block opens by its answer. */
import type { At } from '../run/action.ts';
import type { MadeCall } from '../agent/agent-body.ts';
import type { AgentStep } from '../program/program.ts';
import type { Opening } from '../run/events.ts';
import { planOf } from './programs.ts';

/** Where work stands, the rounds of plans not told apart: a step that stands unchanged in the next plan gives there what it gave. */
export function questionOf({ path, frame }: Pick<At, 'path' | 'frame'>): string {
  let question = path;
  for (let at = frame; at.block !== undefined; at = at.block.frame)
    if (at.block.step.kind === 'plan') question = `${at.block.path}#${question.slice(at.path.length)}`;
  return question;
}

/** How a block opens. */
export function openingOf(at: At, answer: (question: string) => number): Opening {
  const { path, step } = at;
  const chance = answer(`${questionOf(at)} opens`);
  switch (step.kind) {
    case 'foreach':
      return { foreach: { value: [] }, count: Math.floor(chance * 5) };
    case 'parallel':
      return { branches: Object.keys(step.branches) };
    case 'switch':
      return { case: Math.floor(chance * step.cases.length) };
    case 'plan':
      return { plan: planOf(step) };
    case 'loop':
    case 'agent':
      return { loop: { value: 1 } };
    case 'workflow':
    case 'wait':
    case 'approve':
    case 'action':
      throw new Error(`${path} is no block of these programs.`);
  }
}

/** What an agent calls in its next round. */
export function callsOf({ tools }: AgentStep, question: string, answer: (question: string) => number): MadeCall[] {
  const count = Math.floor(answer(question) * 4);
  return Array.from({ length: count }, (_, index) => {
    const which = Math.floor(answer(`${question} ${index}`) * tools.length);
    return { step: `call_${index + 1}`, name: tools[which]?.name ?? 'look' };
  });
}
