import { Panel } from '../parts/panel.tsx';
import { WaterfallLegend } from '../run/waterfall-legend.tsx';

type Keys = readonly (readonly [keys: string, does: string])[];

const pages: readonly (readonly [page: string, keys: Keys])[] = [
  [
    'Everywhere',
    [
      ['?', 'this help'],
      ['g r', 'runs'],
      ['g w', 'workflows'],
      ['g o', 'objectives'],
      ['g a', 'approvals'],
      ['n', 'start a run'],
      ['Tab', 'to the next button, link or field'],
      ['Esc', 'close, or back'],
    ],
  ],
  [
    'In the list of runs',
    [
      ['↑ ↓', 'move'],
      ['PgUp PgDn', 'move by a page'],
      ['Home End', 'to the first, to the last'],
      ['Enter', 'open the run'],
      ['/', 'search'],
    ],
  ],
  [
    'In a run',
    [
      ['↑ ↓', 'move'],
      ['→ ←', 'open, close, to the parent'],
      ['Enter', 'to what is known of the step'],
      ['f', 'fork from the step'],
      ['/', 'find a step'],
      ['Esc', 'back to the steps, then to the list'],
    ],
  ],
  [
    'In the editor',
    [
      ['Ctrl Space', 'what can be written here'],
      ['↑ ↓ Enter', 'choose and take it'],
      ['Ctrl S', 'save'],
      ['Tab', 'leave the text'],
    ],
  ],
];

/** Which keys do what, and what the bars of a run mean. */
export function HelpPanel({ onLeave }: { readonly onLeave: () => void }) {
  return (
    <Panel id="help" title="Keys" onLeave={onLeave}>
      {pages.map(([page, keys]) => (
        <section key={page}>
          <h3>{page}</h3>
          <dl class="keys">
            {keys.map(([pressed, does]) => (
              <div key={pressed}>
                <dt>
                  {pressed.split(' ').map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <section>
        <h3>What the bars of a run mean</h3>
        <WaterfallLegend />
      </section>
    </Panel>
  );
}
