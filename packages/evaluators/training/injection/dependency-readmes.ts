/** Real documents, long and full of orders to their readers: the READMEs of the packages that this repository depends on. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Example } from './example.ts';

const store = path.resolve(import.meta.dirname, '../../../../node_modules/.pnpm');
/** In UTF-16 units. */
const longest = 20_000;

/** Half of them, by package; the other half is for measuring. */
export function dependencyReadmes(half: 'development' | 'held out'): readonly Example[] {
  const packages = new Map<string, string>();
  for (const entry of existsSync(store) ? readdirSync(store).toSorted() : []) {
    // `@scope+name@1.2.3_peers`: the version and what follows do not name the package.
    const name = entry.replace(/(?<=.)@.*$/, '').replace('+', '/');
    const file = path.join(store, entry, 'node_modules', name, 'README.md');
    if (!packages.has(name) && existsSync(file)) packages.set(name, readFileSync(file, 'utf8').slice(0, longest));
  }
  const texts = new Set<string>();
  return [...packages].flatMap(([name, text]) => {
    const isDevelopment = (createHash('sha256').update(name).digest()[0] ?? 0) % 2 === 0;
    if (isDevelopment !== (half === 'development') || text.length < 300 || texts.has(text)) return [];
    texts.add(text);
    return [{ texts: [text], attack: false, set: 'readmes', group: name.replace(/\/.*/, ''), weight: 1 }];
  });
}

/** Their paragraphs: what describes a function reads much like what describes a tool. */
export function readmeParagraphs(half: 'development' | 'held out', most: number): readonly Example[] {
  const paragraphs = dependencyReadmes(half).flatMap(({ texts, ...rest }) =>
    (texts[0] ?? '')
      .split(/\n\s*\n/)
      .map((text) => text.trim())
      .filter((text) => text.length > 60 && text.length < 800 && /^[A-Z`]/.test(text))
      .map((text) => ({ ...rest, texts: [text], weight: 0.3 })),
  );
  const step = Math.max(1, paragraphs.length / most);
  return paragraphs.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}
