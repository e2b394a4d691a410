import { drawInline } from './markdown-view.tsx';
import { inlinesOf } from './markdown.ts';

/** A sentence that may name things in code or link to them, such as what to do about an error. */
export function InlineText({ text }: { readonly text: string }) {
  return <>{inlinesOf(text).map(drawInline)}</>;
}
