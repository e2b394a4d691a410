import type { ChatMessage, PlanSurroundings } from '@telos/core';
import type { Grant } from '../check/grant.ts';
import { fenced } from '../prompt/fence.ts';
import { earlierText } from '../prompt/earlier-text.ts';
import { bestOfPart } from '../prompt/best-of-prompt.ts';
import { promptPart } from '../prompt/plan-prompt.ts';
import { toolList } from '../prompt/tool-list.ts';
import type { ReadRequest } from '../request/plan-request.ts';

/** Characters for the list of tools. */
export const toolCharacters = 24_000;
const contextCharacters = 12_000;
/** Of each plan that there is already. */
const othersCharacters = 6000;

/**
 * The messages that every draft begins with. What others wrote stands in fences.
 *
 * @param others Texts of plans that there are already, of which another is wanted.
 */
export function planTask(
  request: ReadRequest,
  grant: Grant,
  { earlier, rejected = [] }: Pick<PlanSurroundings, 'earlier' | 'rejected'>,
  others: readonly string[] = [],
): readonly ChatMessage[] {
  const { objective, criteria, context } = request;
  const tools = toolList(grant.tools, [objective, ...criteria].join(' '), toolCharacters);
  const known =
    context === undefined ? 'none' : typeof context === 'string' ? context : JSON.stringify(context, null, 2);
  const replan = earlier === undefined ? '' : promptPart('replan', earlierText(earlier));
  const notes =
    rejected.length === 0
      ? ''
      : promptPart('rejected', { notes: fenced(rejected.map((note) => `- ${note}`).join('\n')) });
  const another =
    others.length === 0
      ? ''
      : bestOfPart('another', {
          plans: others.map((source) => fenced(source.slice(0, othersCharacters), 'yaml')).join('\n\n'),
        });
  return [
    { role: 'system', text: promptPart('system') },
    {
      role: 'user',
      text: promptPart('request', {
        objective: fenced(objective),
        criteria:
          criteria.length === 0 ? 'none given: find your own' : fenced(criteria.map((one) => `- ${one}`).join('\n')),
        context: fenced(known.length > contextCharacters ? `${known.slice(0, contextCharacters)} [cut]` : known),
        effects: grant.effects === 'read' ? 'read only' : `up to ${grant.effects}`,
        tools: tools.text,
        left_out: tools.leftOut.length === 0 ? '' : `Not shown for want of room: ${tools.leftOut.length} more tools.`,
        checks:
          [...grant.catalog.checks.values()].map(({ name, description }) => `${name} (${description})`).join('; ') ||
          'none',
        replan: [replan, notes, another].filter((part) => part !== '').join('\n\n'),
      }),
    },
  ];
}
