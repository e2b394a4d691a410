import type { CallSite } from '../http/provider-failure.ts';

/**
 * The address of an Ollama as people write it in OLLAMA_HOST, as a URL:
 * `gpu`, `gpu:11434`, `:11434`, `http://gpu:11434/`. The address that a server
 * listens on everywhere (`0.0.0.0`) is reached on loopback.
 */
export function ollamaUrl(host: string | undefined): string {
  const named = host === undefined || host.trim() === '' ? '127.0.0.1' : host.trim();
  const url = URL.parse(
    /^https?:\/\//.test(named) ? named : `http://${named.startsWith(':') ? '127.0.0.1' : ''}${named}`,
  );
  if (url === null) return named;
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  // `http://host` means port 80 to a browser; to Ollama a bare host means its own port.
  if (url.port === '' && !/^https?:\/\//.test(named)) url.port = '11434';
  return url.href.replace(/\/+$/, '');
}

export function ollamaSite(baseUrl: string, model: string, now: number): CallSite {
  return {
    ref: `ollama/${model}`,
    host: URL.parse(baseUrl)?.host ?? baseUrl,
    notFound: 'MODEL_NOT_INSTALLED',
    notFoundNext: `Install it with \`ollama pull ${model}\`.`,
    now,
  };
}
