import { useEffect, useState } from 'preact/hooks';

export type CopyButtonProps = {
  readonly label: string;
  readonly text: () => string;
  /** What stands on it; the label begins with it. */
  readonly word?: string;
};

/** Puts a text on the clipboard and says so. Browsers without one (plain HTTP from another machine) get no button. */
export function CopyButton({ label, text, word = 'Copy' }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  if (!('clipboard' in navigator)) return null;
  const copy = () => {
    navigator.clipboard.writeText(text()).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <button type="button" class="quiet copy" aria-label={label} onClick={copy}>
      <span aria-live="polite">{copied ? 'Copied' : word}</span>
    </button>
  );
}
