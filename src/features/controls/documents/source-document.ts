import type { ControlId } from '../catalogue/controls.js';

export const priorities = ['critical', 'high', 'recommended'] as const;
export type Priority = (typeof priorities)[number];

/** A line of a document that asks for something, and what answers it: where one of its controls fails, the line fails. */
export interface SourceLine {
  /** Counted from 1; of a standard the number of a requirement. */
  readonly line: number | string;
  /** Why a requirement of a standard was chosen; null: every line that asks for something is. */
  readonly reason: string | null;
  readonly controls: readonly [ControlId, ...ControlId[]];
}

export interface SourceSection {
  readonly title: string;
  readonly priority: Priority;
  readonly lines: readonly SourceLine[];
}

/** One of the documents that the service fulfils. */
export interface SourceDocument {
  readonly id: 'guide' | 'checklist' | 'enterprise' | 'asvs' | 'api-top-10' | 'cis-docker';
  readonly title: string;
  readonly sections: readonly SourceSection[];
  /** Lines about the last and the next audit, which the head of the report answers. */
  readonly reportHead: readonly number[];
}

/** A section by its title, and its lines as number and controls. */
export const section = (
  title: string,
  priority: Priority,
  lines: readonly (readonly [line: number, first: ControlId, ...more: ControlId[]])[],
): SourceSection => ({
  title,
  priority,
  lines: lines.map(([line, ...controls]) => ({ line, reason: null, controls })),
});

/** Requirements of a standard by their numbers, each with why it was chosen, and controls. */
export const requirements = (
  title: string,
  priority: Priority,
  rows: readonly (readonly [number: string, reason: string, first: ControlId, ...more: ControlId[]])[],
): SourceSection => ({
  title,
  priority,
  lines: rows.map(([line, reason, ...controls]) => ({ line, reason, controls })),
});
