import { randomUUID } from 'node:crypto';
import { controls } from '../../../features/controls/catalogue/controls.js';
import type { Result } from '../../../features/controls/judging/judge.js';
import { remedyOf, titleOf, words, type Report } from '../report.js';

/** One of each control. */
function resultsOf({ sections }: Report): readonly Result[] {
  const found = new Map(
    sections.flatMap(({ lines }) =>
      lines.flatMap(({ results }) => results.map((result) => [result.id, result] as const)),
    ),
  );
  return [...found.values()];
}

/** Assessment results of the Open Security Controls Assessment Language, 1.2.1, of NIST. */
export function toOscal(report: Report): string {
  const at = report.at.toISOString();
  const found = resultsOf(report).map((result) => ({ result, observation: randomUUID() }));
  return `${JSON.stringify(
    {
      'assessment-results': {
        uuid: randomUUID(),
        metadata: {
          title: `Security audit of ${report.address}`,
          'last-modified': at,
          version: at,
          'oscal-version': '1.2.1',
        },
        'import-ap': { href: '#security-audit' },
        results: [
          {
            uuid: randomUUID(),
            title: 'Controls of the deployment',
            description: 'What must be true of a deployment, and what was seen.',
            start: at,
            'reviewed-controls': { 'control-selections': [{ 'include-all': {} }] },
            observations: found.map(({ result, observation }) => ({
              uuid: observation,
              title: titleOf(result),
              description: result.evidence === '' ? 'nothing was seen' : result.evidence,
              methods: [controls[result.id].check.by === 'attestation' ? 'INTERVIEW' : 'TEST'],
              types: ['control-objective'],
              collected: at,
            })),
            findings: found.map(({ result, observation }) => ({
              uuid: randomUUID(),
              title: titleOf(result),
              description: result.status === 'fail' ? remedyOf(result) : titleOf(result),
              target: {
                type: 'objective-id',
                'target-id': result.id.replace('/', '_'),
                status: {
                  state:
                    result.status === 'fail' || result.status === 'not_looked_at'
                      ? 'not-satisfied'
                      : 'satisfied',
                  reason:
                    result.status === 'not_looked_at' ? 'other' : result.status === 'fail' ? 'fail' : 'pass',
                  remarks: words[result.status],
                },
              },
              'related-observations': [{ 'observation-uuid': observation }],
            })),
          },
        ],
      },
    },
    null,
    2,
  )}\n`;
}
