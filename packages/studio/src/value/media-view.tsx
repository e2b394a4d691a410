import { useEffect, useState } from 'preact/hooks';
import type { Media } from './value-views.ts';

/** A picture, or a sound with what plays it. Nothing in it runs: it is never opened as a page. */
export function MediaView({ type, base64, label }: Media & { readonly label: string }) {
  const [address, setAddress] = useState<string>();
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const bytes = bytesOf(base64);
    setBroken(bytes === undefined);
    if (bytes === undefined) return undefined;
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [type, base64]);
  if (broken) return <p class="faint">This is said to be {type}, and cannot be shown.</p>;
  if (address === undefined) return null;
  return type.startsWith('image/') ? (
    <img class="picture" src={address} alt={label} onError={() => setBroken(true)} />
  ) : (
    <audio class="sound" controls src={address} aria-label={label} onError={() => setBroken(true)} />
  );
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
