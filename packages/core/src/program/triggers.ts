/** What of a program starts runs of it by itself: schedules and webhooks. */
import type { Template } from './template.ts';

/** What starts runs by itself. Expressions see `event`. */
export type TriggersSpec = {
  readonly schedule: readonly ScheduleSpec[];
  readonly webhook?: WebhookSpec;
};

export type ScheduleSpec = {
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** IANA name; default UTC. */
  readonly timezone: string;
  /** Of firings that nobody was there for: none, one for all, or each. */
  readonly missed: 'skip' | 'run_once' | 'run_all';
  /** Sees `event.scheduled_at`. */
  readonly inputs?: Template;
};

/** By the secret of this name: HMAC of the body in a header, or as Standard Webhooks has it, over its id and its time as well. */
export type SignatureSpec = BodySignature | { readonly secret: string; readonly scheme: 'standard' };

export type BodySignature = {
  readonly secret: string;
  readonly scheme?: never;
  readonly header: string;
  readonly algorithm: 'sha256' | 'sha1' | 'sha512';
  /** What stands before the hexadecimal or base64 digest in the header: `sha256=`. */
  readonly prefix: string;
  readonly encoding: 'hex' | 'base64';
};

export type WebhookSpec = {
  /** Under /hooks, beginning with a slash. */
  readonly path: string;
  /** Two requests for which it gives the same text are one. */
  readonly dedupe?: Template;
  /** How a request proves where it comes from. */
  readonly signature?: SignatureSpec;
  /** Sees `event.body`, `event.headers`, `event.query`; default: the body, when it is an object. */
  readonly inputs?: Template;
};
