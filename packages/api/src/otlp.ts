/** Traces to a collector; loads neither Fastify nor a driver. */
export { createTraceExporter } from './otlp/export-traces.ts';
export type { TraceExporter } from './otlp/export-traces.ts';
