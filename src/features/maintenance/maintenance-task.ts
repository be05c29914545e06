import type { Schedule } from '../../../config/policy/operations/maintenance.js';
import type { Database } from '../../database/database.js';
import type { ControlId } from '../controls/catalogue/controls.js';

export const outcomes = ['nothing_found', 'found', 'not_done'] as const;
/** `found`: something that somebody has to look at. `not_done`: something that it takes was not there. */
export type Outcome = (typeof outcomes)[number];

export interface Report {
  readonly outcome: Outcome;
  /** What was seen, for a person to read; nothing of it names one. */
  readonly lines: readonly string[];
}

/** What a report needs was not there: it is due again. The message says what. */
export class NotThere extends Error {
  override readonly name = 'NotThere';
}

/** Runs of backups, as the service watches them. */
interface Backups {
  readonly isExpected: boolean;
  readonly lastSuccess: Date | null;
  readonly failures: number;
  readonly isOverdue: boolean;
}

/** Who may do what, counted. */
interface Rights {
  readonly administrators: number;
  readonly withoutFactor: number;
  readonly unused: number;
  readonly staleKeys: number;
  readonly lastAttested: Date | null;
}

/** What reports read. */
export interface Sources {
  readonly database: Database;
  /** The window of the task in days. */
  readonly days: number;
  readonly backups: () => Promise<Backups>;
  readonly rights: () => Promise<Rights>;
  /** Of the running service, by name and labels. @throws NotThere */
  readonly metrics: () => Promise<readonly Sample[]>;
  /** Known weaknesses of the packages by severity. @throws NotThere */
  readonly weaknesses: () => Promise<Readonly<Record<string, number>>>;
  /** Faults and warnings of the configuration. */
  readonly configuration: () => readonly string[];
  /** Days that the certificate of the service has left; null where it is asked over http. @throws NotThere */
  readonly certificateDays: () => Promise<number | null>;
}

/** A value of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface MaintenanceTask {
  readonly id: string;
  readonly schedule: Schedule;
  readonly title: string;
  /** What a person says once it was read. */
  readonly attests: readonly ControlId[];
  /** What to do about what it found, or instead of it. */
  readonly then: string;
  /** Null: it is done by people, and only said to be due. */
  readonly report: ((sources: Sources) => Promise<Report>) | null;
}
