/** The looks of a shared run: light and dark, from a phone on. */
export const shareStyles = `
:root{color-scheme:light dark;--ground:#f7f7f5;--surface:#fff;--sunken:#f0f0ed;--line:#e3e3df;--text:#1b1c1f;--faint:#5c5e65;--good:#16723f;--bad:#b3261e;--warn:#855200;--bar:#a9b0c9}
@media(prefers-color-scheme:dark){:root{--ground:#121316;--surface:#18191d;--sunken:#202227;--line:#2b2d33;--text:#e9eaed;--faint:#a3a7b0;--good:#5ecb8f;--bad:#ff8f86;--warn:#e5b25a;--bar:#6a7392}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:13px/1.5 ui-sans-serif,system-ui,sans-serif}
header,main,footer{max-width:1000px;margin:0 auto;padding:16px 20px}
h1{margin:0 0 10px;font-size:20px;overflow-wrap:anywhere}
h2{margin:0 0 8px;font-size:15px}
h3{margin:10px 0 4px;font-size:12px}
p,ul{margin:4px 0}
dl{display:flex;flex-wrap:wrap;gap:6px 24px;margin:0}
dt{color:var(--faint);font-size:11px}
dd{margin:0;overflow-wrap:anywhere}
dl.fields{display:block}
section{margin-bottom:14px;padding:14px 16px;border:1px solid var(--line);border-radius:8px;background:var(--surface)}
pre{margin:2px 0 8px;padding:8px 10px;border-radius:6px;background:var(--sunken);font:12px/1.5 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
code{font:12px ui-monospace,monospace}
.error{color:var(--bad)}
.step,.step summary{min-height:26px}
div.step,.step summary{display:grid;grid-template-columns:minmax(0,1fr) 70px minmax(60px,34%);gap:10px;align-items:center}
.step summary{cursor:pointer;list-style:none}
.step+.step{border-top:1px solid var(--line)}
.step[open]>summary{background:var(--sunken)}
.name{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.name i{color:var(--faint);font-style:normal;font-size:11px}
.s{display:inline-block;min-width:68px;color:var(--faint);font-size:11px;font-weight:600}
h1 .s{font-size:13px}
.s.succeeded{color:var(--good)}.s.failed,.s.quarantined{color:var(--bad)}.s.waiting,.s.paused,.s.in_doubt{color:var(--warn)}
.time{color:var(--faint);font-size:11px;text-align:right}
.lane{position:relative;height:12px}
.lane u{position:absolute;top:2px;height:8px;border-radius:2px;background:var(--bar)}
.lane u.failed{background:var(--bad)}
.body{padding:4px 10px 12px}
footer{color:var(--faint);font-size:11px}
@media(max-width:600px){header,main,footer{padding-inline:12px}div.step,.step summary{grid-template-columns:minmax(0,1fr) 60px}.lane{display:none}}
`;
