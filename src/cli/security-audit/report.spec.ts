import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { controlIds, type ControlId } from '../../features/controls/catalogue/controls.js';
import type { Result, Status } from '../../features/controls/judging/judge.js';
import { toJson } from './formats/json.js';
import { toMarkdown } from './formats/markdown.js';
import { toOscal } from './formats/oscal.js';
import { toSarif } from './formats/sarif.js';
import { toText } from './formats/text.js';
import { headLines, reportOf, type Report } from './report.js';

/** As an answer of a host that wants to be more than text. */
const hostile = '</td><script>alert(1)</script> | `x` [a](https://x.example)\n# heading';

/** Everything passes but these. */
function reportWith(others: Readonly<Partial<Record<ControlId, Status>>>, evidence = 'seen'): Report {
  const results = new Map<ControlId, Result>(
    controlIds.map((id) => [id, { id, status: others[id] ?? 'pass', evidence }]),
  );
  return reportOf({ address: 'https://api.example.com', at: new Date(0), results, head: null });
}

describe('the report of a security audit', () => {
  it('fails exactly the lines whose control failed, and says once what to do', () => {
    const { sections, tally, failed, score } = reportWith({ 'secrets/audit-key': 'fail' });
    const lines = sections.flatMap(({ lines: found }) => found).filter(({ status }) => status === 'fail');
    expect(lines.map(({ document, line }) => [document, line])).toEqual([
      ['Production Security Checklist', 16],
    ]);
    expect([tally.fail, failed.map(({ id }) => id), score]).toEqual([1, ['secrets/audit-key'], 99]);
  });

  it('has a full score only when no line failed', () => {
    expect([reportWith({}).score, reportWith({ 'secrets/audit-key': 'attested' }).score]).toEqual([100, 100]);
  });

  it('names in its head the last audit, the reviewer and the next review, or that it takes a sign-in to know them', () => {
    const without = headLines(reportWith({}));
    expect(without.slice(1)).toEqual(
      ['Last audit', 'Reviewer', 'Next review'].map((name) => `${name}: known with a sign-in alone`),
    );
    const head = { lastAudit: null, reviewer: null, nextReview: '2026-11-28T00:00:00.000Z' };
    expect(headLines({ ...reportWith({}), head }).slice(1)).toEqual([
      'Last audit: none recorded',
      'Reviewer: nobody',
      'Next review: 2026-11-28T00:00:00.000Z',
    ]);
  });

  it('counts lines that were not looked at as neither', () => {
    const everything = Object.fromEntries(controlIds.map((id) => [id, 'not_looked_at' as const]));
    const { tally, score } = reportWith(everything);
    expect([tally.pass, tally.fail, score]).toEqual([0, 0, null]);
  });

  it('makes no markup of what was answered', () => {
    const text = toMarkdown(reportWith({ 'modes/debug': 'fail' }, hostile));
    expect(text).not.toContain('<script>');
    expect(text).not.toMatch(/(?<!\\)\]\(/);
    expect(text.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
  });

  it('names a failed control in every format', () => {
    const report = reportWith({ 'modes/debug': 'fail' });
    for (const write of [toText, toMarkdown, toJson, toSarif, toOscal])
      expect(write(report)).toContain('DEBUG is off outside development');
  });

  it('is a rule and a result of each control in SARIF, with the priority of its highest line as level', () => {
    const { runs } = JSON.parse(toSarif(reportWith({ 'modes/debug': 'fail' }))) as {
      runs: {
        tool: { driver: { rules: { id: string }[] } };
        results: { ruleId: string; ruleIndex: number; kind: string; level: string }[];
      }[];
    };
    const [run] = runs;
    const failed = run?.results.filter(({ kind }) => kind === 'fail');
    expect(failed).toMatchObject([{ ruleId: 'modes/debug', level: 'error' }]);
    expect(
      run?.results.every(({ ruleId, ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id === ruleId),
    ).toBe(true);
    expect(run?.results).toHaveLength(controlIds.length);
  });

  const folder = process.env['OSCAL_SCHEMA'] ?? '';
  const withSchema = existsSync(folder) ? it : it.skip;
  withSchema('is valid by the schema of OSCAL 1.2.1', () => {
    const schema = JSON.parse(
      readFileSync(join(folder, 'oscal_assessment-results_1.2.1.json'), 'utf8'),
    ) as object;
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(schema);
    const statuses = {
      'modes/debug': 'fail',
      'tls/versions': 'not_looked_at',
      'review/policies': 'attested',
    } as const;
    expect([validate(JSON.parse(toOscal(reportWith(statuses)))), validate.errors]).toEqual([true, null]);
  });
});
