// People who use the service while something else keeps it busy: what they wait, and whether anything is refused to them.
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { makePeople } from '../bench/support/people.ts';
import type { Service } from '../bench/support/service.ts';

/** Without the database, with it, and without a sign-in. */
const paths = ['/api/v1/auth/session', '/api/v1/generations?limit=5', '/api/v1/credits/balance', '/health'];
/** So many that none of them reaches a limit of a person. */
const people = 2000;
const perSecond = 80;

export interface Paced {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly paths: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Measured {
  /** Milliseconds of each request. */
  readonly times: readonly number[];
  /** How often each `status path` came that is not 200, and each error of the connection. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface Health {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly faults: readonly string[];
}

export class Bystanders {
  readonly #service: Service;
  readonly #tokens: readonly string[];

  private constructor(service: Service, tokens: readonly string[]) {
    this.#service = service;
    this.#tokens = tokens;
  }

  static async of(service: Service): Promise<Bystanders> {
    return new Bystanders(service, await makePeople(service, people));
  }

  /** Sends requests for `seconds` at an even pace, whatever the answers take. */
  async measure(seconds: number): Promise<Health> {
    const workerData: Paced = { url: this.#service.url, tokens: this.#tokens, paths, perSecond, seconds };
    const worker = new Worker(join(import.meta.dirname, 'bystanders.worker.ts'), { workerData });
    const [measured] = (await once(worker, 'message')) as [Measured];
    const times = measured.times.toSorted((one, other) => one - other);
    const at = (share: number): number => times[Math.floor(times.length * share)] ?? Infinity;
    return {
      requests: perSecond * seconds,
      seconds,
      p50: at(0.5),
      p99: at(0.99),
      faults: Object.entries(measured.refused).map(([what, count]) => `bystanders got ${count} × ${what}`),
    };
  }
}
