import { onPath } from '@telos/testkit/servers/on-path';
import { ensureInstalled } from './provide.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The Chromium that browser tests drive: the file that TELOS_TEST_CHROMIUM names, else one on PATH. @throws Unavailable */
export function provideChromium(given: string | undefined): string {
  if (given !== undefined) return given;
  ensureInstalled({
    name: 'Chromium',
    setting: 'TELOS_TEST_CHROMIUM',
    example: '/path/to/chromium',
    packages: ['chromium'],
    present: () => onPath(names) !== undefined,
  });
  return onPath(names) ?? '';
}
