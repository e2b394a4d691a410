import type { ComponentChild } from 'preact';
import { useMemo } from 'preact/hooks';
import { parseMarkdown } from './markdown.ts';
import type { Block, Inline } from './markdown.ts';

export function MarkdownView({ text }: { readonly text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div class="prose" dir="auto">
      {blocks.map(drawBlock)}
    </div>
  );
}

function drawBlock(block: Block, index: number): ComponentChild {
  switch (block.kind) {
    case 'heading':
      // The page has headings of its own; those of a value start below them.
      return (
        <p key={index} class={`prose-heading level-${block.level}`}>
          {block.children.map(drawInline)}
        </p>
      );
    case 'paragraph':
      return <p key={index}>{block.children.map(drawInline)}</p>;
    case 'code':
      return (
        <pre key={index} tabIndex={0}>
          <code>{block.text}</code>
        </pre>
      );
    case 'quote':
      return <blockquote key={index}>{block.blocks.map(drawBlock)}</blockquote>;
    case 'rule':
      return <hr key={index} />;
    case 'list': {
      const items = block.items.map((blocks, item) => <li key={item}>{tight(blocks)}</li>);
      return block.start === undefined ? (
        <ul key={index}>{items}</ul>
      ) : (
        <ol key={index} start={block.start}>
          {items}
        </ol>
      );
    }
    case 'table':
      return (
        <div key={index} class="table-scroll" tabIndex={0} role="group" aria-label="Table">
          <table>
            <thead>
              <tr>
                {block.head.map((cell, column) => (
                  <th key={column} scope="col">
                    {cell.map(drawInline)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {block.rows.map((row, line) => (
                <tr key={line}>
                  {row.map((cell, column) => (
                    <td key={column}>{cell.map(drawInline)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
  }
}

/** A list item of one paragraph needs no paragraph. */
function tight(blocks: readonly Block[]): ComponentChild {
  const [first, ...rest] = blocks;
  if (first?.kind !== 'paragraph') return blocks.map(drawBlock);
  return [...first.children.map(drawInline), ...rest.map((block, index) => drawBlock(block, index + 10_000))];
}

export function drawInline(inline: Inline, index: number): ComponentChild {
  switch (inline.kind) {
    case 'text':
      return inline.text;
    case 'code':
      return <code key={index}>{inline.text}</code>;
    case 'strong':
      return <strong key={index}>{inline.children.map(drawInline)}</strong>;
    case 'emphasis':
      return <em key={index}>{inline.children.map(drawInline)}</em>;
    case 'link':
      return (
        <a key={index} href={inline.href} target="_blank" rel="noopener noreferrer">
          {inline.children.map(drawInline)}
        </a>
      );
  }
}
