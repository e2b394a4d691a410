import type { Clock, Tool } from '@telos/core';
import { z } from 'zod';
import { destinationOf, isPrivate } from '../http/destination.ts';
import type { HttpClient } from '../http/http-client.ts';
import { maskUrl } from '../http/mask.ts';
import { statusError } from '../http/status-error.ts';
import { recordedCall } from '../recorded-call.ts';

const maxBytes = 5 * 1024 * 1024;

const input = z.strictObject({ url: z.string().min(1) });
const output = z.object({ title: z.string(), markdown: z.string(), url: z.string() });

/** Fetches a page and gives its main part as Markdown. `url` in the output is where redirects led. */
export function webReadTool(http: HttpClient, clock: Clock): Tool<z.infer<typeof input>, z.infer<typeof output>> {
  return {
    name: 'web.read',
    description:
      'Reads a web page: its title and its main part as Markdown, without menus, scripts and hidden text. Also reads plain text, Markdown and JSON; no PDF, no images.',
    input,
    output,
    effect: 'read',
    returns: ['untrusted'],
    idempotent: false,
    spendsNothing: true,
    sendsTo: ({ url }) => destinationOf(url),
    run({ url }, context) {
      const call = { kind: 'http', name: 'web.read', input: { url: maskUrl(url) } } as const;
      return recordedCall(context, clock, call, async () => {
        const headers = { accept: 'text/html,application/xhtml+xml,text/markdown,text/plain;q=0.9,*/*;q=0.5' };
        const response = await http.request({
          url,
          headers,
          maxBytes,
          signal: context.signal,
          keepsHost: isPrivate(context),
        });
        if (response.status >= 400) throw statusError(response, clock);
        const { readPage } = await import('./read-page.ts');
        const page = await readPage(response);
        return {
          result: page,
          output: { title: page.title, url: page.url, characters: page.markdown.length },
          attributes: { status: response.status, bytes: response.body.byteLength },
        };
      });
    },
  };
}
