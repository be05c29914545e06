import type { Page, PageRequest } from '../../database/page.js';

export const deadJobKinds = ['messenger_reply'] as const;
export type DeadJobKind = (typeof deadJobKinds)[number];

/** `unknown`: it may have been done. `expired`: its time was over before it was. */
export const deadJobStates = ['failed', 'unknown', 'expired'] as const;
export type DeadJobState = (typeof deadJobStates)[number];

/** Work that nobody does any more by itself. */
export interface DeadJob {
  readonly id: string;
  readonly kind: DeadJobKind;
  readonly state: DeadJobState;
  readonly attempts: number;
  /** Of the service that refused it; null without one. */
  readonly errorCode: number | null;
  readonly createdAt: Date;
  readonly settledAt: Date;
}

/** Where dead jobs of one kind are kept. */
export abstract class DeadJobs {
  /** The latest first. */
  abstract list(page: PageRequest): Promise<Page<DeadJob>>;
  /** Has it done again; false for one that is not dead. */
  abstract replay(id: string): Promise<boolean>;
}
