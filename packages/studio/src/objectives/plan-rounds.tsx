import type { PlanRoundView } from '@telos/contract';
import { Score } from '../parts/score.tsx';
import { Worth } from '../parts/worth.tsx';

const words = { pass: 'reached', fail: 'missed', untested: 'not tested' } as const;
const marks = { pass: '✓', fail: '✗', untested: '?' } as const;

/** The plans that ran, the last one first: what each was to reach, what was said of that, and why each step was there. */
export function PlanRounds({ plans }: { readonly plans: readonly PlanRoundView[] }) {
  return (
    <section aria-label="Plans">
      {plans.toReversed().map((plan, index) => (
        <details key={plan.round} class="plan-round" open={index === 0}>
          <summary>
            <h2>{plans.length === 1 ? 'The plan' : `Plan ${plan.round}`}</h2>{' '}
            {plan.planner !== undefined && <span class="note">by {plan.planner}</span>}
          </summary>
          <ul class="plan-objectives">
            {plan.objectives.map(({ id, objective, criterion, result }) => (
              <li key={id}>
                <code>{id}</code>
                <span>
                  {objective} <span class="faint">{criterion}</span>
                  {result !== undefined && (
                    <span class={`verdict-line is-${result.verdict}`}>
                      <span aria-hidden="true">{marks[result.verdict]}</span> {words[result.verdict]}: {result.reason}
                    </span>
                  )}{' '}
                  {result?.calibration !== undefined && <Worth calibration={result.calibration} />}
                </span>
                {result !== undefined && result.verdict !== 'untested' && <Score score={result.score} />}
              </li>
            ))}
          </ul>
          {plan.candidates !== undefined && plan.candidates.length > 1 && (
            <ol class="plan-steps">
              {plan.candidates.map(({ program, chosen, score, reason }) => (
                <li key={program}>
                  <span>
                    <code>{program.slice(0, 12)}</code> {chosen && <span class="badge">chosen</span>}
                  </span>
                  <span>
                    {reason} {score !== undefined && <Score score={score} />}
                  </span>
                </li>
              ))}
            </ol>
          )}
          {plan.steps.length > 0 && (
            <ol class="plan-steps">
              {plan.steps.map(({ step, serves, why }) => {
                const change = plan.changes?.find((one) => one.step === step)?.change;
                return (
                  <li key={step}>
                    <span>
                      <code>{step}</code>{' '}
                      {change !== undefined && change !== 'same' && <span class="badge">{change}</span>}
                      {plan.kept.some((path) => path.endsWith(`.${step}`)) && <span class="badge">kept</span>}
                    </span>
                    <span>
                      {why} <span class="faint">for {serves}</span>
                    </span>
                  </li>
                );
              })}
            </ol>
          )}
        </details>
      ))}
    </section>
  );
}
