import { controls, type ControlId } from '../../features/controls/catalogue/controls.js';
import { sourceDocuments } from '../../features/controls/documents/documents.js';
import type { Priority } from '../../features/controls/documents/source-document.js';
import {
  statuses,
  worst,
  type Result,
  type Status,
  type Tally,
} from '../../features/controls/judging/judge.js';
import type { Audit, AuditHead } from './audit.js';

/** A line of a document, with what answers it. */
export interface ReportedLine {
  readonly document: string;
  readonly line: number | string;
  readonly status: Status;
  readonly results: readonly Result[];
}

export interface ReportedSection {
  readonly document: string;
  readonly title: string;
  readonly priority: Priority;
  readonly lines: readonly ReportedLine[];
}

/** An audit, grouped as the documents are. */
export interface Report {
  readonly address: string;
  readonly at: Date;
  readonly head: AuditHead | null;
  readonly sections: readonly ReportedSection[];
  /** Lines by status. */
  readonly tally: Tally;
  /** Share of the lines that apply and were looked at which pass or are attested, in percent; null where there is none. */
  readonly score: number | null;
  /** Of each control that failed, once. */
  readonly failed: readonly Result[];
}

export function reportOf({ address, at, results, head }: Audit): Report {
  const resultOf = (id: ControlId): Result =>
    results.get(id) ?? { id, status: 'not_looked_at', evidence: 'it was not looked at' };
  const sections = sourceDocuments.flatMap(({ title: document, sections: found }) =>
    found.map(({ title, priority, lines }) => ({
      document,
      title,
      priority,
      lines: lines.map(({ line, controls: ids }) => {
        const of = ids.map(resultOf);
        return { document, line, status: worst(of), results: of };
      }),
    })),
  );
  const lines = sections.flatMap((section) => section.lines);
  const tally = Object.fromEntries(
    statuses.map((status) => [status, lines.filter((line) => line.status === status).length]),
  ) as Record<Status, number>;
  const judged = tally.pass + tally.attested + tally.fail;
  const used = new Set(lines.flatMap((line) => line.results.map(({ id }) => id)));
  return {
    address,
    at,
    head,
    sections,
    tally,
    score: judged === 0 ? null : Math.floor((100 * (tally.pass + tally.attested)) / judged),
    failed: [...used].map(resultOf).filter(({ status }) => status === 'fail'),
  };
}

export const words: Readonly<Record<Status, string>> = {
  fail: 'FAIL',
  not_looked_at: 'NOT LOOKED AT',
  attested: 'ATTESTED',
  pass: 'PASS',
  not_applicable: 'NOT APPLICABLE',
};

export const titleOf = ({ id }: Result): string => controls[id].title;
export const remedyOf = ({ id }: Result): string => controls[id].remedy;

export const tallyText = ({ tally, score }: Report): string =>
  `${statuses.map((status) => `${String(tally[status])} ${words[status]}`).join(', ')}; score ${score === null ? 'none' : `${String(score)} %`}`;

/** Whom the head names. */
export const headLines = ({ address, at, head }: Report): readonly string[] => {
  const withSignIn = (text: (known: AuditHead) => string): string =>
    head === null ? 'known with a sign-in alone' : text(head);
  return [
    `Security audit of ${address}, ${at.toISOString()}`,
    `Last audit: ${withSignIn(({ lastAudit }) => lastAudit ?? 'none recorded')}`,
    `Reviewer: ${withSignIn(({ reviewer }) => reviewer ?? 'nobody')}`,
    `Next review: ${withSignIn(({ nextReview }) => nextReview)}`,
  ];
};
