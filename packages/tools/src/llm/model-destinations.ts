import type { Destination, Models, ModelSpec } from '@telos/core';

/** Where a prompt goes; nowhere, when the model is in this process. */
export async function modelDestinations(models: Models, model: ModelSpec): Promise<readonly Destination[]> {
  const hosts = (await models.hosts?.({ chat: model })) ?? [];
  return hosts.map((host) => ({ host, model: true }));
}
