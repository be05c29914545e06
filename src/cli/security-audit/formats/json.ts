import { remedyOf, titleOf, type Report } from '../report.js';

/** Stable names, for programs. */
export const toJson = ({ address, at, head, sections, tally, score }: Report): string =>
  `${JSON.stringify(
    {
      address,
      at: at.toISOString(),
      last_audit: head?.lastAudit ?? null,
      reviewer_id: head?.reviewer ?? null,
      next_review: head?.nextReview ?? null,
      score,
      lines: tally,
      sections: sections.map(({ document, title, priority, lines }) => ({
        document,
        title,
        priority,
        lines: lines.map(({ line, status, results }) => ({
          line,
          status,
          controls: results.map((result) => ({
            id: result.id,
            title: titleOf(result),
            status: result.status,
            evidence: result.evidence,
            ...(result.status === 'fail' ? { remedy: remedyOf(result) } : {}),
          })),
        })),
      })),
    },
    null,
    2,
  )}\n`;
