/**
 * What people put around a text that they pass on: quotation marks, Markdown,
 * comments, markup, fields. What is within is the same, so the same is learned of it.
 */
import type { Example } from './example.ts';
import { pick, randomFrom } from './expand.ts';

const wrappings: readonly ((text: string) => string)[] = [
  (text) => `"${text}"`,
  (text) => `“${text}”`,
  (text) => `'${text}'`,
  (text) => text.replaceAll(/^/gm, '> '),
  (text) => `**${text}**`,
  (text) => `# ${text}`,
  (text) => `## ${text.replace(/[.!]$/, '')}`,
  (text) => `- ${text}`,
  (text) => `1. ${text}`,
  (text) => `\`\`\`\n${text}\n\`\`\``,
  (text) => `// ${text.replaceAll('\n', ' ')}`,
  (text) => `# ${text.toLowerCase()}`,
  (text) => `/* ${text} */`,
  (text) => `<!-- ${text} -->`,
  (text) => `<p>${text}</p>`,
  (text) => `<b>${text}</b><br>`,
  (text) => `{"message": ${JSON.stringify(text)}}`,
  (text) => `{"role": "user", "content": ${JSON.stringify(text)}}`,
  (text) => `message: ${text}`,
  (text) => `Q: ${text}`,
  (text) => text.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase()),
  (text) => text.toLowerCase(),
  (text) => text.toUpperCase(),
  (text) => `(${text})`,
  (text) => `${text}!!!`,
];

/** Each text once more, in something. Attacks and what is harmless alike, so that the wrapping tells nothing. */
export function wrapped(examples: readonly Example[], worth = 0.5): readonly Example[] {
  return examples
    .filter(({ texts }) => texts.length === 1)
    .map((example) => {
      const text = example.texts[0] ?? '';
      return {
        ...example,
        texts: [pick(wrappings, randomFrom(`wrapped ${text}`))(text)],
        weight: example.weight * worth,
      };
    });
}
