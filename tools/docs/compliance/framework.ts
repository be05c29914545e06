import type { ControlId } from '#dist/src/features/controls/catalogue/controls.js';

/** What a framework asks for, and what of this service serves it. */
export interface ComplianceRow {
  /** Number of the article, category or section. */
  readonly ref: string;
  readonly asks: string;
  readonly controls: readonly ControlId[];
  /** Routes (`GET /path`, as docs/routes.md has them) and commands (`npm run name`). */
  readonly by: readonly string[];
}

export interface Framework {
  readonly title: string;
  readonly rows: readonly ComplianceRow[];
  /** What it asks for beside that, and the service does not do. */
  readonly notCovered: string;
}

export const row = (
  ref: string,
  asks: string,
  controls: readonly ControlId[],
  by: readonly string[] = [],
): ComplianceRow => ({ ref, asks, controls, by });
