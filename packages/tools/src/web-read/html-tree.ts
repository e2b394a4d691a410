/**
 * A page as a small tree: elements and text, without what no reader sees.
 *
 * Scripts, styles, controls and hidden elements are dropped while the page is
 * read, so text that is hidden from people is hidden from models too (what only
 * a style sheet hides cannot be told). Reading takes time linear in the page,
 * whatever it nests: the tree is never deeper than `maxTreeDepth`, and a page
 * nested deeper than `maxPageDepth`, or of more elements, is refused.
 */
import { TelosError } from '@telos/core';

export type HtmlElement = {
  readonly tag: string;
  readonly attributes: { readonly [name: string]: string };
  readonly children: HtmlNode[];
};
export type HtmlNode = HtmlElement | string;

export type HtmlPage = {
  /** From `og:title`, else `<title>`; '' when there is none. */
  readonly title: string;
  /** `<base href>` as written. */
  readonly base?: string;
  readonly body: HtmlElement;
};

const maxTreeDepth = 150;
const maxPageDepth = 2000;
/** Of what is seen. Some tens of thousands are many. */
const maxElements = 200_000;
/** In UTF-16 units: of a title, and of an address that others are made from. */
const longestTitle = 500;
const longestBase = 2000;

const unseen = new Set(
  (
    'script style noscript template iframe frame object embed applet svg canvas math audio video source track map ' +
    'dialog select button input textarea datalist head meta link'
  ).split(' '),
);

/** Reads a page. @throws TelosError PAGE_UNREADABLE when it is nested beyond reason. */
export async function parseHtml(html: string): Promise<HtmlPage> {
  const { Parser } = await import('htmlparser2');
  const body: HtmlElement = { tag: 'body', attributes: {}, children: [] };
  const open: HtmlElement[] = [body];
  let title = '';
  let socialTitle: string | undefined;
  let base: string | undefined;
  let depth = 0;
  let elements = 0;
  /** The depth of the outermost unseen element that is open; 0 when none is. */
  let unseenFrom = 0;
  let inTitle = false;

  const parser = new Parser({
    onopentag(tag, attributes) {
      depth += 1;
      if (depth > maxPageDepth) {
        throw new TelosError('PAGE_UNREADABLE', `The page nests its elements more than ${maxPageDepth} deep`);
      }
      if (tag === 'title' && title === '') inTitle = true;
      if (tag === 'meta' && attributes['property'] === 'og:title') socialTitle ??= attributes['content'];
      if (tag === 'base' && (attributes['href']?.length ?? 0) <= longestBase) base ??= attributes['href'];
      if (unseenFrom === 0 && ((unseen.has(tag) && tag !== 'head') || isHidden(attributes))) unseenFrom = depth;
      const parent = open.at(-1) ?? body;
      if (unseenFrom > 0 || tag === 'html' || tag === 'body' || tag === 'head' || open.length >= maxTreeDepth) {
        open.push(parent);
        return;
      }
      elements += 1;
      if (elements > maxElements) {
        throw new TelosError('PAGE_UNREADABLE', `The page has more than ${maxElements} elements`);
      }
      const element: HtmlElement = { tag, attributes, children: [] };
      parent.children.push(element);
      open.push(element);
    },
    ontext(text) {
      if (inTitle) title = (title + text).slice(0, longestTitle);
      else if (unseenFrom === 0) addText(open.at(-1) ?? body, text);
    },
    onclosetag() {
      if (unseenFrom === depth) unseenFrom = 0;
      depth -= 1;
      open.pop();
      inTitle = false;
    },
  });
  parser.end(html);
  const shown = (socialTitle?.trim() || title).slice(0, longestTitle).toWellFormed().replace(/\s+/g, ' ').trim();
  return { title: shown, body, ...(base === undefined ? {} : { base }) };
}

/** The parser gives a text in pieces, one for each character reference in it. */
function addText({ children }: HtmlElement, text: string): void {
  const last = children.at(-1);
  if (typeof last === 'string') children[children.length - 1] = last + text;
  else children.push(text);
}

function isHidden(attributes: { readonly [name: string]: string }): boolean {
  if ('hidden' in attributes || attributes['aria-hidden'] === 'true') return true;
  const style = attributes['style'] ?? '';
  if (
    /(display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|(opacity|font-size)\s*:\s*0(\.0+)?(px|em|rem|%|pt)?\s*(;|!|$))/i.test(
      style,
    )
  ) {
    return true;
  }
  if (/(left|top|text-indent)\s*:\s*-\d{4,}/i.test(style)) return true;
  return /(^|\s)(sr-only|visually-hidden|screen-reader-text)(\s|$)/.test(attributes['class'] ?? '');
}
