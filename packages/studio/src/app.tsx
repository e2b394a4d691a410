import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { WorkflowList } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { ApprovalsPage } from './approvals/approvals-page.tsx';
import { usePageKeys } from './help/use-page-keys.ts';
import { KeyForm } from './key-form.tsx';
import { route } from './navigation.ts';
import { Notice } from './parts/notice.tsx';
import { onDemand } from './parts/on-demand.tsx';
import { formatRoute, noFilter } from './route.ts';
import type { Route } from './route.ts';
import { RunPage } from './run/run-page.tsx';
import { RunsPage } from './runs/runs-page.tsx';
import { keyWanted } from './server/api-key.ts';
import { request } from './server/request.ts';
import { StartPanel } from './start/start-panel.tsx';

const AppPage = onDemand(async () => (await import('./app/app-page.tsx')).AppPage);
const ComparePage = onDemand(async () => (await import('./compare/compare-page.tsx')).ComparePage);
const PromotePanel = onDemand(async () => (await import('./promote/promote-panel.tsx')).PromotePanel);
const WorkflowsPage = onDemand(async () => (await import('./workflows/workflows-page.tsx')).WorkflowsPage);
const WorkflowPage = onDemand(async () => (await import('./workflows/workflow-page.tsx')).WorkflowPage);
const ForkPanel = onDemand(async () => (await import('./fork/fork-panel.tsx')).ForkPanel);
const ObjectivesPage = onDemand(async () => (await import('./objectives/objectives-page.tsx')).ObjectivesPage);
const HelpPanel = onDemand(async () => (await import('./help/help-panel.tsx')).HelpPanel);
const ObjectivePage = onDemand(async () => (await import('./objectives/objective-page.tsx')).ObjectivePage);

/** The whole page: what is at the top of it, and what the address asks for. */
export function App() {
  // A key that was given makes everything be read anew.
  const session = useSignal(0);
  const isHelping = useSignal(false);
  const help = () => {
    isHelping.value = true;
  };
  usePageKeys(help);
  return (
    <>
      <header class="top">
        <a class="brand" href={formatRoute({ page: 'runs', filter: noFilter })}>
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M1.5 3h13M1.5 8h8.5M1.5 13h4" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
            <circle cx="12.5" cy="12" r="2.5" fill="currentColor" />
          </svg>
          Telos
        </a>
        {/* Who uses an app has no use for the workshop. */}
        {route.value.page !== 'app' && <MainMenu onHelp={help} />}
      </header>
      {keyWanted.value ? <KeyForm onGiven={() => (session.value += 1)} /> : <Page key={session.value} />}
      {isHelping.value && (
        <HelpPanel
          onLeave={() => {
            isHelping.value = false;
          }}
        />
      )}
    </>
  );
}

type PageName = Route['page'];

/** The pages of the menu, each with those that are reached through it. */
const menu: readonly (readonly [word: string, to: Route, below: readonly PageName[]])[] = [
  ['Runs', { page: 'runs', filter: noFilter }, ['runs', 'run', 'fork', 'promote', 'compare', 'start']],
  ['Workflows', { page: 'workflows' }, ['workflows', 'workflow']],
  ['Objectives', { page: 'objectives' }, ['objectives', 'objective']],
  ['Approvals', { page: 'approvals' }, ['approvals']],
];

function MainMenu({ onHelp }: { readonly onHelp: () => void }) {
  const { page } = route.value;
  return (
    <>
      <nav aria-label="Main">
        {menu.map(([word, to, below]) => (
          <a
            key={word}
            href={formatRoute(to)}
            aria-current={to.page === page ? 'page' : below.includes(page) ? 'true' : undefined}
          >
            {word}
          </a>
        ))}
        <a href="/docs">API</a>
      </nav>
      <button type="button" class="button help" aria-label="Keys" title="Keys: ?" onClick={onHelp}>
        ?
      </button>
      <a class="button is-primary" href={formatRoute({ page: 'start' })}>
        Start a run
      </a>
    </>
  );
}

function Page() {
  const workflows = useSignal<WorkflowList['items'] | undefined>(undefined);
  const at = route.value;
  const asking = at.page === 'start';
  useEffect(() => {
    const closed = new AbortController();
    request<WorkflowList>(locations.workflows, { signal: closed.signal }).then(
      ({ items }) => {
        workflows.value = items;
      },
      () => undefined, // the list of runs says that the server does not answer
    );
    return () => closed.abort();
  }, [asking]);

  switch (at.page) {
    case 'runs':
      return <RunsPage filter={at.filter} workflows={workflows.value ?? []} />;
    case 'run':
    case 'promote':
    case 'fork': {
      const id = at.page === 'run' ? at.id : at.run;
      const view = at.page === 'run' ? at.view : undefined;
      return (
        <>
          <RunPage
            key={id}
            id={id}
            {...('step' in at && at.step !== undefined ? { step: at.step } : {})}
            {...(view === undefined ? {} : { view })}
          />
          {at.page === 'promote' && <PromotePanel run={id} />}
          {at.page === 'fork' && <ForkPanel key={at.step} run={id} step={at.step} />}
        </>
      );
    }
    case 'approvals':
      return <ApprovalsPage key={at.run ?? ''} {...(at.run === undefined ? {} : { run: at.run })} />;
    case 'workflows':
      return <WorkflowsPage />;
    case 'workflow': {
      const { page: _page, ...chosen } = at;
      return <WorkflowPage key={`${at.id} ${at.version}`} {...chosen} />;
    }
    case 'objectives':
      return <ObjectivesPage />;
    case 'objective':
      return <ObjectivePage key={at.run} run={at.run} />;
    case 'compare':
      return <ComparePage a={at.a} {...(at.b === undefined ? {} : { b: at.b })} />;
    case 'app':
      return <AppPage key={at.workflow} workflow={at.workflow} {...(at.run === undefined ? {} : { run: at.run })} />;
    case 'start': {
      const { page: _page, ...chosen } = at;
      return (
        <>
          <RunsPage filter={noFilter} workflows={workflows.value ?? []} />
          <StartPanel {...(workflows.value === undefined ? {} : { workflows: workflows.value })} {...chosen} />
        </>
      );
    }
    case 'unknown':
      return (
        <main>
          <Notice heading title="There is nothing at this address.">
            <p>
              <a href={formatRoute({ page: 'runs', filter: noFilter })}>All runs</a>
            </p>
          </Notice>
        </main>
      );
  }
}
