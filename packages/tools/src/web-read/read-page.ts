import { isWithinDepth, TelosError } from '@telos/core';
import type { HttpResponse } from '../http/messages.ts';
import { maskUrl } from '../http/mask.ts';
import { isJsonType, isTextType, mediaTypeOf, textOf } from '../http/text-of.ts';
import { parseHtml } from './html-tree.ts';
import { mainContent } from './main-content.ts';
import { markdownOf } from './markdown.ts';

export type Page = { readonly title: string; readonly markdown: string; readonly url: string };

/**
 * Makes Markdown of an answer, by its type: HTML, JSON or any other text.
 * @throws TelosError PAGE_UNREADABLE when it is a PDF, no text, or holds none.
 */
export async function readPage(response: HttpResponse): Promise<Page> {
  const { url, body } = response;
  const contentType = response.headers['content-type'];
  const mediaType = mediaTypeOf(contentType) || sniff(body);
  if (mediaType === 'application/pdf' || startsWith(body, '%PDF-')) {
    throw unreadable(url, 'is a PDF', 'Name an HTML version of it; PDF is not read.');
  }
  if (!isTextType(mediaType)) throw unreadable(url, `is ${mediaType}, which is not text`);
  const text = textOf(body, contentType);
  if (mediaType === 'text/html' || mediaType === 'application/xhtml+xml') return readHtml(url, text);
  if (text.trim() === '') throw unreadable(url, 'is empty');
  if (isJsonType(mediaType)) return { title: lastSegment(url), markdown: `\`\`\`json\n${indented(text)}\n\`\`\``, url };
  return { title: headingOf(text) ?? lastSegment(url), markdown: text, url };
}

async function readHtml(url: string, html: string): Promise<Page> {
  const page = await parseHtml(html);
  const base = page.base !== undefined && URL.canParse(page.base, url) ? new URL(page.base, url).href : url;
  const markdown = markdownOf(mainContent(page.body), (link) => wholeUrl(link, base));
  if (markdown === '') {
    throw unreadable(url, 'holds no text', 'It may need JavaScript or a login; look for an API or another page.');
  }
  return { title: page.title || headingOf(markdown) || lastSegment(url), markdown, url };
}

/** The first heading of a Markdown text. */
function headingOf(markdown: string): string | undefined {
  return /^#{1,6} {1,9}([^ \n][^\n]{0,299})$/m.exec(markdown)?.[1]?.trim();
}

/** In UTF-16 units. What is longer carries data and leads nowhere a reader would go. */
const longestLink = 4000;

/** Links to web pages and addresses only: not to scripts, inline data or places on the same page. */
function wholeUrl(link: string, base: string): string | undefined {
  const written = link.trim();
  if (written === '' || written.length > longestLink || written.startsWith('#')) return undefined;
  if (!URL.canParse(written, base)) return undefined;
  const url = new URL(written, base);
  return /^(https?|mailto|tel):$/.test(url.protocol) && url.href.length <= longestLink ? url.href : undefined;
}

function sniff(body: Uint8Array): string {
  const head = Buffer.from(body.subarray(0, 512)).toString('latin1').trimStart().toLowerCase();
  if (/^(<!doctype html|<html|<head|<body)/.test(head)) return 'text/html';
  return body.includes(0) ? 'application/octet-stream' : 'text/plain';
}

function startsWith(body: Uint8Array, text: string): boolean {
  return Buffer.from(body.subarray(0, text.length)).toString('latin1') === text;
}

/** In UTF-16 units: longer JSON stays as it is written, for indentation grows with its depth. */
const longestIndented = 200_000;

function indented(text: string): string {
  if (text.length > longestIndented) return text;
  try {
    const value: unknown = JSON.parse(text);
    return isWithinDepth(value, 50) ? JSON.stringify(value, null, 2) : text;
  } catch {
    return text;
  }
}

function lastSegment(url: string): string {
  const { pathname, host } = new URL(url);
  return pathname.split('/').findLast((part) => part !== '') ?? host;
}

function unreadable(url: string, why: string, next?: string): TelosError {
  return new TelosError('PAGE_UNREADABLE', `${maskUrl(url)} ${why}`, next === undefined ? {} : { next });
}
