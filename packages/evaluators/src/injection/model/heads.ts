/** What is looked for, and in what windows. */
import type { WindowShape } from '../text/windows.ts';

export const headNames = ['message', 'jailbreak', 'document', 'tool'] as const;
export type HeadName = (typeof headNames)[number];

export type Head = {
  readonly shape: WindowShape;
  /** Whether the model sees what kind of document a window stands in. */
  readonly surroundings: boolean;
};

export const heads: { readonly [name in HeadName]: Head } = {
  message: { shape: { sizes: [1, 2], longest: 64 }, surroundings: false },
  jailbreak: { shape: { sizes: [3, 9], longest: 160 }, surroundings: false },
  document: { shape: { sizes: [1, 2], longest: 64 }, surroundings: true },
  tool: { shape: { sizes: [1, 2], longest: 64 }, surroundings: false },
};
