import type {
  Clock,
  Created,
  Live,
  Models,
  NewRun,
  Planner,
  Queue,
  RunId,
  Store,
  TelosError,
  Vaults,
} from '@telos/core';
import type { RunTest } from '@telos/contract';
import type { CompileDeps } from './compile-workflow.ts';
import type { ExperimentsDoor } from './experiments-door.ts';
import type { FindCalibration } from './run-view/measured.ts';
import type { ApiKeys } from './guards/api-keys.ts';

/** What the API is made of. The composition root chooses; the API knows ports alone. */
export type ApiDeps = CompileDeps & {
  readonly store: Store;
  readonly live: Live;
  readonly queue: Queue;
  /** Stores a new run as that of a worker in this process, who takes it up; undefined when none has room. Absent: there is none. */
  readonly take?: (run: NewRun) => Promise<Created> | undefined;
  readonly clock: Clock;
  readonly models: Models;
  /** Reads plans that people have edited. Absent: whoever carries a decision out does. */
  readonly planner?: Pick<Planner, 'read'>;
  /** What placeholders stand for, in memory; shared with the workers of the process. */
  readonly vaults?: Vaults;
  /** Names of the secrets that are set; absent when that is not known here. */
  readonly secretNames?: ReadonlySet<string>;
  /** Their values, for the signatures of hooks. */
  readonly secrets?: { value(name: string): string | undefined };
  /** Why no callback may go to this address, as far as can be told without asking for it; undefined when one may. */
  readonly refusedUrl?: (url: string) => TelosError | undefined;
  /** Told that a callback is owed at once. */
  readonly callbackOwed?: () => void;
  /** Of the built studio: served at `/`. Absent: `/` leads to `/docs`. */
  readonly studioFolder?: string;
  /** When given, every request but health, documents and the studio's own files needs one of these, or one that the store keeps. */
  readonly keys?: ApiKeys;
  /** Requests a minute of each key, or of each address where there are none; absent: as many as come. */
  readonly requestsPerMinute?: number;
  /** Addresses and networks, or `loopback`, of proxies whose `X-Forwarded-For` is believed; absent: of none. */
  readonly trustedProxies?: readonly string[];
  /** Origins whose pages may call this server: `https://app.example`. */
  readonly origins?: ReadonlySet<string>;
  /** Of Telos, as `/healthz` and the OpenAPI document say it. */
  readonly version: string;
  /** Largest body, in bytes; default 4 MiB. */
  readonly bodyBytes?: number;
  /** Time to send a request whole, its head in a third of it; default 60,000. A connection on which nothing moves ends after twice that. */
  readonly requestMs?: number;
  /** Event streams open at once; default 10,000, which take some 250 MiB. */
  readonly streams?: number;
  /** What is known of how well evaluators judge; absent: of none anything. */
  readonly calibrationOf?: FindCalibration;
  /**
   * Makes a test of a run that has ended. Absent: this server makes none.
   * @throws TelosError RUN_NOT_FOUND, RUN_UNFINISHED, TEST_NOT_REPEATABLE.
   */
  readonly testOf?: (
    run: RunId,
    options: { readonly keepsPrivate: boolean; readonly name?: string },
  ) => Promise<RunTest>;
  /** Absent: this server carries out no experiments. */
  readonly experiments?: ExperimentsDoor;
  /** Lines in the Prometheus text format, of what else this process does. */
  readonly moreMetrics?: () => readonly string[];
  /** Told of every failure that is not the caller's. `about` is the id of the request, which the answer names, or of a run. */
  readonly report?: (error: unknown, about: string) => void;
  /** Told of every request that was answered. */
  readonly answered?: (answer: Answered) => void;
};

/** A request and its answer, without what they hold. */
export type Answered = {
  /** The id that the answer names too. */
  readonly request: string;
  readonly method: string;
  /** As it is written, `/v1/runs/:id`; `none` where nothing is. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  /** Whose key it was. */
  readonly by?: string;
  /** The run that it was about, or that it began. */
  readonly run?: string;
};
