import type pg from 'pg';
import { verificationPolicy } from '../../../config/policy/operations/verification.js';
import { StorageUnavailable, type ObjectStorage } from '../../ports/object-storage.js';

export interface Finding {
  readonly of: 'file' | 'object';
  /** The id of a file and its key, or the key of an object. */
  readonly name: string;
  readonly what: string;
}

/** A verification of the storage: what it reads from, and what it has found. */
export class Verification {
  files = 0;
  objects = 0;
  faults = 0;
  /** What the storage did not answer about. */
  unverified = 0;
  private unanswered = 0;
  private latest: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: pg.Client,
    readonly storage: ObjectStorage,
    private readonly tell: (finding: Finding) => void,
  ) {}

  /** Whether the storage has answered too little to go on. */
  get isOver(): boolean {
    return this.unanswered >= verificationPolicy.unansweredAtMost;
  }

  /** One statement at a time, as the connection takes them. Rejects with the driver's error. */
  query<T extends pg.QueryResultRow>(sql: string, values: readonly unknown[]): Promise<T[]> {
    const next = this.latest.then(async () => (await this.client.query<T>(sql, [...values])).rows);
    this.latest = next.catch(() => undefined);
    return next;
  }

  report(finding: Finding): void {
    this.faults++;
    this.tell(finding);
  }

  /** Runs `check` for each item, a few at a time, until the storage no longer answers. */
  async each<T>(items: readonly T[], check: (item: T) => Promise<void>): Promise<void> {
    const left = items.values();
    const work = async (): Promise<void> => {
      for (const item of left) {
        if (this.isOver) return;
        await check(item);
      }
    };
    await Promise.all(Array.from({ length: verificationPolicy.objectsAtOnce }, work));
  }

  /** The answer of the storage; undefined, and reported, when it gave none. `isAsked`: whether it still matters. */
  async answer<T>(
    of: Pick<Finding, 'of' | 'name'>,
    ask: () => Promise<T>,
    isAsked: () => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<T | undefined> {
    try {
      const answer = await ask();
      this.unanswered = 0;
      return answer;
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error;
      if (!(await isAsked())) return undefined;
      this.unanswered++;
      this.unverified++;
      this.tell({ ...of, what: `could not be verified, ${reasonOf(error)}` });
      return undefined;
    }
  }
}

const reasonOf = ({ message, cause }: StorageUnavailable): string =>
  cause instanceof Error ? `${message}: ${cause.message}` : message;
