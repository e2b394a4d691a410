/** A run as one HTML file that needs nothing else: no script, no address, its styles inside. What models and the web wrote is text. */
import type { ErrorView, GateView } from '@telos/contract';
import { shareStyles } from './share-styles.ts';
import type { SharedRun, SharedStep, SharedValue } from './shared-run.ts';

/** What the page may load and run: nothing. */
export const sharePolicy = "default-src 'none'; style-src 'unsafe-inline'";

const longestText = 20_000;

export function shareHtml(run: SharedRun): string {
  const text = (of: string) => escaped(run.scrubbed(of));
  const title = `${run.workflow} ${run.status}`;
  const from = run.startedAt ?? run.createdAt;
  const to = Math.max(from + 1, run.endedAt ?? 0, ...run.steps.map(({ endedAt, startedAt }) => endedAt ?? startedAt));
  const place = ({ startedAt, endedAt }: SharedStep): string => {
    const left = (100 * Math.max(0, startedAt - from)) / (to - from);
    const width = (100 * Math.max(0, (endedAt ?? to) - startedAt)) / (to - from);
    return `left:${Math.min(99.5, left).toFixed(2)}%;width:${Math.max(0.5, Math.min(100 - left, width)).toFixed(2)}%`;
  };
  const step = (one: SharedStep): string => {
    const body = [
      one.error === undefined ? '' : errorHtml(one.error, text),
      one.output === undefined ? '' : `<h3>Output</h3>${valueHtml(one.output, text)}`,
      one.gate === undefined ? '' : gateHtml(one.gate, text),
      one.input === undefined ? '' : `<h3>Input</h3>${valueHtml(one.input, text)}`,
    ].join('');
    const head = `<span class="name" style="padding-left:${Math.min(12, one.depth) * 14}px"><b class="s ${one.status}">${statusWord(one.status)}</b> ${text(one.name)} <i>${text(one.kind)}${one.attempt > 1 ? `, ${one.attempt} attempts` : ''}</i></span><span class="time">${one.endedAt === undefined ? '' : duration(one.endedAt - one.startedAt)}</span><span class="lane"><u class="${one.status}" style="${place(one)}"></u></span>`;
    return body === ''
      ? `<div class="step">${head}</div>`
      : `<details class="step"><summary>${head}</summary><div class="body">${body}</div></details>`;
  };
  const facts: readonly (readonly [string, string])[] = [
    ['Run', text(run.id)],
    ['Started', new Date(from).toISOString()],
    ['Duration', run.endedAt === undefined ? 'goes on' : duration(run.endedAt - from)],
    ['Cost', `$${run.usage.usd.toFixed(4)}`],
    ['Tokens', String(run.usage.input_tokens + run.usage.output_tokens)],
    ['Calls', String(run.usage.calls)],
    ['Score', run.score === undefined ? '–' : run.score.toFixed(2)],
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${sharePolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(title)}</title>
<style>${shareStyles}</style>
</head>
<body>
<header>
<h1>${text(run.workflow)} <b class="s ${run.status}">${run.status}</b></h1>
<dl>${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl>
</header>
<main>
${run.error === undefined ? '' : `<section class="why"><h2>Why it failed</h2>${errorHtml(run.error, text)}</section>`}
${run.outputs === undefined ? '' : `<section><h2>Outputs</h2>${valueHtml(run.outputs, text)}</section>`}
<section><h2>Inputs</h2>${valueHtml(run.inputs, text)}</section>
<section><h2>Steps</h2>
${run.steps.map(step).join('\n')}
</section>
</main>
<footer>A run of Telos. What is private in it was masked when this file was made.</footer>
</body>
</html>
`;
}

type Text = (of: string) => string;

function valueHtml(shared: SharedValue, text: Text): string {
  if ('preview' in shared)
    return `<pre>${text(shared.preview)}${shared.preview === '' ? '' : '…'}</pre><p>${shared.bytes} bytes are too many for this file.</p>`;
  const { value } = shared;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const fields = Object.entries(value);
    if (fields.length === 0) return '<p>None.</p>';
    return `<dl class="fields">${fields.map(([name, field]) => `<dt>${text(name)}</dt><dd>${plain(field, text)}</dd>`).join('')}</dl>`;
  }
  return plain(value, text);
}

function plain(value: unknown, text: Text): string {
  const whole = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
  const cut =
    whole.length > longestText
      ? `${whole.slice(0, longestText)}\n… ${whole.length - longestText} characters more`
      : whole;
  return `<pre>${text(cut)}</pre>`;
}

function errorHtml({ code, message, next, path }: ErrorView, text: Text): string {
  return `<p class="error">${path === undefined ? '' : `<code>${text(path)}</code> `}${text(message)} <code>${text(code)}</code></p>${next === undefined ? '' : `<p>${text(next)}</p>`}`;
}

function gateHtml({ passed, score, verdicts }: GateView, text: Text): string {
  const said = verdicts.map(
    ({ check, verdict, score: one, reason }) =>
      `<li><b>${text(check)}</b> ${verdict} ${one.toFixed(2)}: ${text(reason)}</li>`,
  );
  return `<h3>Checks: ${passed ? 'passed' : 'not passed'}, ${score.toFixed(2)}</h3><ul>${said.join('')}</ul>`;
}

function statusWord(status: SharedStep['status']): string {
  return status === 'in_doubt' ? 'in doubt' : status;
}

function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  return ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

function escaped(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (mark) => names[mark] ?? mark);
}
