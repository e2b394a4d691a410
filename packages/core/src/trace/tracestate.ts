/**
 * W3C `tracestate`: what other tracing systems have a trace carry, beside its `traceparent`. Passed on as it came.
 *
 * What is no tracestate is dropped whole. One that is longer than 512 characters loses members longer than 128 first,
 * then its last ones, as the specification asks: what was written last stands first.
 */
const mostMembers = 32;
const longest = 512;
const longMember = 128;

const memberPattern =
  /^(?<key>[a-z0-9][a-z0-9_\-*/@]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** What may be passed on of this header; undefined where nothing may. */
export function tracestateIn(header: string | undefined): string | undefined {
  if (header === undefined || header.length > 16_384) return undefined;
  const members = header
    .split(',')
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((member) => member !== '');
  const keys = members.map((member) => memberPattern.exec(member)?.groups?.['key']);
  if (members.length === 0 || members.length > mostMembers) return undefined;
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return undefined;
  return shortened(members);
}

function shortened(members: readonly string[]): string | undefined {
  let kept = members;
  const length = (): number => kept.join(',').length;
  while (length() > longest) {
    const long = kept.findLastIndex((member) => member.length > longMember);
    const gone = long === -1 ? kept.length - 1 : long;
    kept = kept.filter((_, index) => index !== gone);
  }
  return kept.length === 0 ? undefined : kept.join(',');
}
