import type { HtmlElement, HtmlNode } from './html-tree.ts';

const maxColumns = 50;

/**
 * A table of data as a GitHub table; undefined for one that is there for layout:
 * it has one column or one row, or holds other tables.
 */
export function tableMarkdown(
  table: HtmlElement,
  inline: (nodes: readonly HtmlNode[]) => string,
): readonly string[] | undefined {
  const rows = rowsOf(table);
  if (rows === undefined) return undefined;
  const width = rows.reduce((widest, row) => Math.max(widest, Math.min(maxColumns, row.length)), 0);
  if (width < 2 || rows.length < 2) return undefined;
  const [first = [], ...rest] = rows;
  const write = (cells: readonly HtmlElement[]): string => {
    const texts = cells.flatMap((cell) => {
      const text = inline(cell.children)
        .replace(/\s*\n\s*/g, ' ')
        .replace(/\|/g, '\\|');
      const span = Math.min(maxColumns, Number.parseInt(cell.attributes['colspan'] ?? '1', 10) || 1);
      return [text, ...Array.from({ length: Math.max(0, span - 1) }, () => '')];
    });
    return `| ${Array.from({ length: width }, (_, index) => texts[index] ?? '').join(' | ')} |`;
  };
  const caption = table.children.find((child) => typeof child !== 'string' && child.tag === 'caption');
  const title = typeof caption === 'object' ? inline(caption.children) : '';
  const lines = [write(first), `| ${Array.from({ length: width }, () => '---').join(' | ')} |`, ...rest.map(write)];
  return [...(title === '' ? [] : [title]), lines.join('\n')];
}

/** Cells by row, whatever sections they stand in; undefined when a cell holds a table. */
function rowsOf(table: HtmlElement): readonly (readonly HtmlElement[])[] | undefined {
  const rows: HtmlElement[][] = [];
  const collect = (element: HtmlElement): boolean =>
    element.children.every((child) => {
      if (typeof child === 'string') return true;
      if (child.tag === 'tr') {
        const cells = child.children.filter(
          (cell) => typeof cell !== 'string' && (cell.tag === 'td' || cell.tag === 'th'),
        );
        // The filter above leaves elements only.
        if (cells.length > 0) rows.push(cells as HtmlElement[]);
        return cells.every((cell) => typeof cell === 'string' || !holdsTable(cell));
      }
      return /^(thead|tbody|tfoot)$/.test(child.tag) ? collect(child) : true;
    });
  return collect(table) ? rows : undefined;
}

function holdsTable(element: HtmlElement): boolean {
  return element.children.some((child) => typeof child !== 'string' && (child.tag === 'table' || holdsTable(child)));
}
