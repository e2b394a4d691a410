/** The leases of a worker: of the runs that it takes up or owns, each with until when it is the worker's for certain. */
import type { Clock, Instant, Lease, Leases, RunId } from '@telos/core';

export class HeldLeases {
  readonly #leases: Leases;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  /** Each with its lease once it has one: what takes long to load must not lapse meanwhile. */
  readonly #taken = new Map<RunId, Lease | undefined>();
  /** Nobody else can have had it before. */
  readonly #until = new Map<RunId, Instant>();

  constructor(leases: Leases, clock: Clock, leaseMs: number) {
    this.#leases = leases;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  /** Runs that are being taken up or owned. */
  get size(): number {
    return this.#taken.size;
  }

  /** Whether the run is being taken up or owned. */
  has(run: RunId): boolean {
    return this.#taken.has(run);
  }

  /** The run is being taken up; it has no lease yet. */
  begin(run: RunId): void {
    this.#taken.set(run, undefined);
  }

  /** @param asked When it was asked for. */
  hold(lease: Lease, asked: Instant): void {
    this.#taken.set(lease.run, lease);
    this.#until.set(lease.run, asked + this.#leaseMs);
  }

  /** There is no lease to release: it covers nothing any more, or is somebody else's. */
  drop(run: RunId): void {
    this.#taken.set(run, undefined);
  }

  /** Lets the run go. Gives the lease that is still to be released. */
  end(run: RunId): Lease | undefined {
    const lease = this.#taken.get(run);
    this.#taken.delete(run);
    this.#until.delete(run);
    return lease;
  }

  isCertain(run: RunId): boolean {
    return this.#clock.now() < (this.#until.get(run) ?? Number.NEGATIVE_INFINITY);
  }

  /** Renews all of them. Gives the runs whose leases were lost. What was let go meanwhile, and taken anew, is another lease. */
  async renew(): Promise<readonly RunId[]> {
    const leases = [...this.#taken.values()].filter((lease) => lease !== undefined);
    if (leases.length === 0) return [];
    const asked = this.#clock.now();
    const lost = new Set((await this.#leases.renew(leases, this.#leaseMs)).map(keyOf));
    const gone: RunId[] = [];
    for (const lease of leases) {
      const { run } = lease;
      if (this.#taken.get(run)?.epoch !== lease.epoch) continue;
      if (lost.has(keyOf(lease))) {
        this.#until.delete(run);
        gone.push(run);
      } else this.#until.set(run, asked + this.#leaseMs);
    }
    return gone;
  }
}

function keyOf({ run, epoch }: Lease): string {
  return `${run} ${epoch}`;
}
