/**
 * What a reader came for: the page without its frame of menus, banners and footers.
 *
 * Authors who mark their main part (`<main>`, one `<article>`) are believed.
 * Elsewhere blocks are judged by what they are called and by how much of their
 * text is links. When that would leave next to nothing, the page is kept whole:
 * losing text is worse than keeping a menu.
 */
import type { HtmlElement, HtmlNode } from './html-tree.ts';

type Measure = { readonly text: number; readonly linked: number; readonly links: number };

const frameTags = new Set(['nav', 'footer', 'aside']);
const frameRoles = new Set(['navigation', 'banner', 'contentinfo', 'complementary', 'search', 'menu', 'menubar']);
const frameNames =
  /(^|[\s_-])(nav|navbar|menu|breadcrumbs?|sidebar|cookies?|consent|newsletter|subscribe|share|sharing|social|advert|ads?|promo|related|footer|skip-link)([\s_-]|$)/i;
const containers = new Set(['div', 'section', 'ul', 'ol', 'table', 'header', 'form']);

/** @returns The element to turn into Markdown; a pruned copy, the page itself is left as it is. */
export function mainContent(body: HtmlElement): HtmlElement {
  const measures = measure(body);
  const whole = textIn(measures, body);
  const marked = markedMain(body, measures, whole);
  if (marked !== undefined) return prune(marked, measures, textIn(measures, marked), false);
  const pruned = prune(body, measures, whole, true);
  const left = textIn(measure(pruned), pruned);
  return left < Math.min(100, whole) || left < whole * 0.2 ? body : pruned;
}

function markedMain(body: HtmlElement, measures: Measures, whole: number): HtmlElement | undefined {
  const mains: HtmlElement[] = [];
  const articles: HtmlElement[] = [];
  visit(body, (element) => {
    if (element.tag === 'main' || element.attributes['role'] === 'main') mains.push(element);
    if (element.tag === 'article') articles.push(element);
  });
  const main = mains.toSorted((a, b) => textIn(measures, b) - textIn(measures, a))[0];
  if (main !== undefined && textIn(measures, main) >= Math.min(100, whole * 0.2)) return main;
  const [article] = articles;
  return article !== undefined && articles.length === 1 && textIn(measures, article) >= whole * 0.3
    ? article
    : undefined;
}

/** @param strict Whether blocks made of links are dropped too; inside a marked main part they are content. */
function prune(element: HtmlElement, measures: Measures, whole: number, strict: boolean): HtmlElement {
  const children = element.children.flatMap((child): HtmlNode[] => {
    if (typeof child === 'string') return [child];
    return isFrame(child, measures, whole, strict) ? [] : [prune(child, measures, whole, strict)];
  });
  return { ...element, children };
}

function isFrame(element: HtmlElement, measures: Measures, whole: number, strict: boolean): boolean {
  const { tag, attributes } = element;
  if (frameTags.has(tag) || frameRoles.has(attributes['role'] ?? '')) return true;
  const { text, linked, links } = measures.get(element) ?? nothing;
  if (!containers.has(tag)) return false;
  const isSmall = text < whole * 0.3;
  if (isSmall && frameNames.test(`${attributes['class'] ?? ''} ${attributes['id'] ?? ''}`)) return true;
  return strict && isSmall && links >= 4 && linked > text * 0.75;
}

type Measures = ReadonlyMap<HtmlElement, Measure>;
const nothing: Measure = { text: 0, linked: 0, links: 0 };

function textIn(measures: Measures, element: HtmlElement): number {
  return measures.get(element)?.text ?? 0;
}

/** Characters of text, of linked text, and links, of every element. */
function measure(root: HtmlElement): Measures {
  const measures = new Map<HtmlElement, Measure>();
  const weigh = (element: HtmlElement): Measure => {
    let [text, linked, links] = [0, 0, element.tag === 'a' ? 1 : 0];
    for (const child of element.children) {
      if (typeof child === 'string') {
        text += child.trim().length;
      } else {
        const inner = weigh(child);
        text += inner.text;
        linked += inner.linked;
        links += inner.links;
      }
    }
    const own = { text, linked: element.tag === 'a' ? text : linked, links };
    measures.set(element, own);
    return own;
  };
  weigh(root);
  return measures;
}

function visit(element: HtmlElement, look: (element: HtmlElement) => void): void {
  look(element);
  for (const child of element.children) if (typeof child !== 'string') visit(child, look);
}
