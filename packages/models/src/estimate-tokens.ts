import type { ChatMessage } from '@telos/core';

/** Tokens of a text, roughly: one for four characters, the usual ratio for English. Used only where a provider counts nothing. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** Tokens that an answer is taken to have at most where nothing bounds it. */
export const usualAnswer = 1000;

export function estimatePromptTokens(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, { text }) => sum + estimateTokens(text) + 4, 0); // 4 for the role and its marks
}
