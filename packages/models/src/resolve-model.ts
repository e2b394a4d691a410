import { TelosError } from '@telos/core';
import type { Provider } from './provider.ts';

/** A model reference with its provider found. `ref` is never `auto`. */
export type ResolvedModel = {
  readonly ref: string;
  readonly provider: Provider;
  readonly model: string;
  /** Why `auto` is none of the providers that the settings name: a sentence each. */
  readonly passedOver?: readonly string[];
};

/** Finds the model that a reference names. @throws TelosError MODEL_UNKNOWN when no provider has this name. */
export type ResolveModel = (ref: string) => Promise<ResolvedModel>;

/**
 * @param defaultChat What `auto` means; undefined: the first provider, in order, that has a model to offer.
 */
export function createResolver(providers: readonly Provider[], defaultChat: string | undefined): ResolveModel {
  const named = (ref: string): ResolvedModel => {
    const slash = ref.indexOf('/');
    const provider = providers.find(({ name }) => name === ref.slice(0, slash));
    const model = ref.slice(slash + 1);
    if (provider !== undefined && model !== '') return { ref, provider, model };
    const names = providers.map(({ name }) => `${name}/...`).join(', ');
    throw new TelosError('MODEL_UNKNOWN', `No provider has a model "${ref}": a model is named ${names} or auto.`, {
      details: { model: ref },
    });
  };
  return async (ref) => {
    if (ref !== 'auto') return named(ref);
    if (defaultChat !== undefined && defaultChat !== 'auto') return named(defaultChat);
    const passedOver: string[] = [];
    for (const provider of providers) {
      const model = await provider.defaultChat();
      if (model !== undefined) {
        const found = { ref: `${provider.name}/${model}`, provider, model };
        return passedOver.length === 0 ? found : { ...found, passedOver };
      }
      const why = await provider.unreached?.();
      if (why !== undefined) passedOver.push(`${provider.name}: ${why}`);
    }
    throw new TelosError('MODEL_UNKNOWN', 'No provider has a chat model to offer for "auto".', {
      details: { model: ref },
    });
  };
}
