import type { TraceExporter } from '@telos/api/otlp';
import type { Clock, Store } from '@telos/core';
import { ownerOfThisProcess } from '@telos/driver-local';
import type { Config } from '../config/config.ts';

/** Who tells the collector that the settings name, when they name one: loaded by those alone who have one. */
export async function openTraces(
  { otlp }: Config,
  deps: { readonly store: Store; readonly clock: Clock; readonly report: (message: string) => void },
): Promise<TraceExporter | undefined> {
  if (otlp === undefined) return undefined;
  const { createTraceExporter } = await import('@telos/api/otlp');
  const { url, headers, serviceName } = otlp;
  const resource = { 'service.name': serviceName, 'service.instance.id': ownerOfThisProcess() };
  return createTraceExporter(deps, { url, headers, resource });
}
