import type { Check, Json, Models, Subject, Verdict } from '@telos/core';
import { defineCheck, quoted, verdictOf } from '../define-check.ts';
import { judgeInstead } from '../judge/by-model.ts';
import { createMemory } from '../remember.ts';
import { fitTopics } from './topic-model.ts';
import type { Nearest, TopicModel } from './topic-model.ts';
import { TopicParams, topicsOf } from './topic-params.ts';
import type { Topic } from './topic-params.ts';

/** Fitting takes longer than scoring, and a rail sees the same topics again and again. */
const mostRemembered = 16;

/**
 * Whether a text keeps to its topics. The local form compares it with the
 * examples of each topic: it knows a topic by the words that its examples use.
 */
export function topic(models: Models): Check<TopicParams> {
  const judged = judgeInstead(models);
  const remember = createMemory<TopicModel>(mostRemembered);
  const modelOf = (params: TopicParams): TopicModel =>
    remember(JSON.stringify([params.allow, params.deny, params.outside]), () =>
      fitTopics(...sidesOf(params), params.allow === undefined ? 'inside' : 'outside'),
    );
  return defineCheck<TopicParams>({
    name: 'topic',
    description: 'Whether the text keeps to allowed topics and away from denied ones, by their examples.',
    params: TopicParams,
    needs: 'local',
    catches: 'texts about what is not allowed',
    async score(subject, params, context) {
      if (subject.text.trim() === '')
        return { score: 1, verdict: 'pass', reason: 'The text is empty, so it is about nothing.' };
      if (params.model === undefined) return compared(subject, params, modelOf(params));
      return judged(subject, { model: params.model, rubric: rubricOf(params), min: params.min }, context);
    },
  });
}

/** With nothing allowed by name, what is about none of the topics is allowed. */
function sidesOf({ allow, deny, outside = [] }: TopicParams): readonly [readonly Topic[], readonly Topic[]] {
  const other: readonly Topic[] = outside.length === 0 ? [] : [{ name: 'something else', texts: outside }];
  return allow === undefined ? [other, topicsOf(deny)] : [topicsOf(allow), [...topicsOf(deny), ...other]];
}

function compared({ text }: Subject, { allow, min }: TopicParams, model: TopicModel): Verdict {
  const { score, inside, outside } = model(text);
  const verdict = verdictOf(score, min);
  const [near, far] = verdict === 'pass' ? [inside, outside] : [outside, inside];
  const about =
    near === undefined ? undefined : `nearest to ${quoted(near.topic)}, for instance ${quoted(near.text, 80)}`;
  const reason =
    verdict === 'pass'
      ? `The text keeps to its topics: ${about ?? 'it is near to none that is denied'}.`
      : about !== undefined && (near?.likeness ?? 0) > (far?.likeness ?? 0)
        ? `The text does not keep to its topics: it is ${about}.`
        : `The text is near to no allowed topic${far === undefined ? '' : `; the nearest is ${quoted(far.topic)}`}.`;
  const evidence: Json = {
    method: 'local',
    ...(inside === undefined ? {} : { inside: rounded(inside) }),
    ...(outside === undefined ? {} : { outside: rounded(outside) }),
    mode: allow === undefined ? 'deny' : 'allow',
  };
  return { score, verdict, reason, evidence };
}

function rounded({ topic: name, text, likeness }: Nearest): Json {
  return { topic: name, text: text.slice(0, 200).toWellFormed(), likeness: Math.round(likeness * 100) / 100 };
}

function rubricOf({ allow, deny }: TopicParams): readonly string[] {
  const list = (topics: readonly Topic[]): string =>
    topics
      .map(({ name, description, texts }) => `${name} (${description ?? texts.slice(1, 4).join(' | ')})`)
      .join('; ')
      .slice(0, 1800);
  return [
    ...(allow === undefined ? [] : [`The text is about one of these topics: ${list(topicsOf(allow))}`]),
    ...(deny === undefined ? [] : [`The text is about none of these topics: ${list(topicsOf(deny))}`]),
  ];
}
