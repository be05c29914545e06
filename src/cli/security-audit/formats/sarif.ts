import { controls, type ControlId } from '../../../features/controls/catalogue/controls.js';
import type { Priority } from '../../../features/controls/documents/source-document.js';
import type { Result, Status } from '../../../features/controls/judging/judge.js';
import type { Report } from '../report.js';

const kinds: Readonly<Record<Status, string>> = {
  fail: 'fail',
  not_looked_at: 'open',
  attested: 'pass',
  pass: 'pass',
  not_applicable: 'notApplicable',
};
const levels: Readonly<Record<Priority, string>> = {
  critical: 'error',
  high: 'warning',
  recommended: 'note',
};

/** The Static Analysis Results Interchange Format, 2.1.0, of OASIS: a rule for each control, with the highest priority of its lines. */
export function toSarif({ address, at, sections }: Report): string {
  const found = new Map<ControlId, { readonly result: Result; readonly level: string; lines: string[] }>();
  // Sections of the highest priority first: a control has theirs.
  const order = Object.keys(levels);
  const sorted = [...sections].sort(
    (one, other) => order.indexOf(one.priority) - order.indexOf(other.priority),
  );
  for (const { priority, lines } of sorted)
    for (const { document, line, results } of lines)
      for (const result of results) {
        const known = found.get(result.id) ?? { result, level: levels[priority], lines: [] };
        known.lines.push(`${document}, line ${String(line)}`);
        found.set(result.id, known);
      }
  const ids = [...found.keys()];
  return `${JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'velro security:audit',
              rules: ids.map((id) => ({
                id,
                shortDescription: { text: controls[id].title },
                help: { text: controls[id].remedy },
                defaultConfiguration: { level: found.get(id)?.level },
              })),
            },
          },
          invocations: [{ executionSuccessful: true, startTimeUtc: at.toISOString() }],
          results: [...found].map(([id, { result, level, lines }], ruleIndex) => ({
            ruleId: id,
            ruleIndex,
            kind: kinds[result.status],
            level: result.status === 'fail' ? level : 'none',
            message: { text: `${controls[id].title}: ${result.evidence}` },
            locations: [{ physicalLocation: { artifactLocation: { uri: address } } }],
            properties: { lines },
          })),
        },
      ],
    },
    null,
    2,
  )}\n`;
}
