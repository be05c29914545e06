import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { recipients } from '../../../config/policy/privacy/recipients.js';
import { controlIds } from '../../../src/features/controls/catalogue/controls.js';
import { asvs } from '../../../src/features/controls/documents/asvs.js';
import { apiTop10 } from '../../../src/features/controls/documents/standards.js';
import { projectRoot } from '../../../test/support/process/project-root.js';
import { complianceText } from './compliance-text.ts';
import { csf } from './csf.ts';
import { laws } from './laws.ts';

const read = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const routes = [...read('docs/routes.md').matchAll(/^\| `([A-Z]+ [^`]+)`/gm)].map(([, route = '']) => route);
const rows = [csf, ...laws].flatMap(({ title, rows: own }) => own.map((row) => ({ title, ...row })));
const text = complianceText({ frameworks: [csf, ...laws], standards: [asvs, apiTop10], recipients });

describe('the page of compliance', () => {
  it('claims nothing without a control, a route or a command, and names controls that exist', () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter(({ controls, by }) => controls.length + by.length === 0)).toEqual([]);
    const named = [...text.matchAll(/`([a-z]+\/[a-z-]+[a-z0-9-]*)`/g)].map(([, id = '']) => id);
    expect(named.length).toBeGreaterThan(200);
    expect(named.filter((id) => !(controlIds as readonly string[]).includes(id))).toEqual([]);
  });

  it('names routes and commands that exist', () => {
    const named = rows.flatMap(({ by }) => by);
    const exists = (one: string): boolean =>
      one.startsWith('npm run ') ? scripts[one.slice('npm run '.length)] !== undefined : routes.includes(one);
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((one) => !exists(one))).toEqual([]);
  });

  it('has every category of the six functions of the NIST framework once', () => {
    const categories =
      'GV.OC GV.RM GV.RR GV.PO GV.OV GV.SC ID.AM ID.RA ID.IM PR.AA PR.AT PR.DS PR.PS PR.IR DE.CM DE.AE RS.MA RS.AN RS.CO RS.MI RC.RP RC.CO';
    expect(csf.rows.map(({ ref }) => ref.split(' ')[0]).join(' ')).toBe(categories);
  });

  it('says of every framework what is not covered, and names each article once', () => {
    for (const { notCovered, rows: own } of [csf, ...laws]) {
      expect(notCovered.length).toBeGreaterThan(50);
      expect(new Set(own.map(({ ref }) => ref)).size).toBe(own.length);
    }
  });

  it('leaves every agreement to be signed', () => {
    const table = text.split('## Processors')[1] ?? '';
    for (const { name, role } of recipients) {
      const line = table.split('\n').find((one) => one.startsWith(`| ${name} |`)) ?? '';
      expect([name, line.endsWith(role === 'processor' ? 'yours to sign |' : 'yours to decide |')]).toEqual([
        name,
        true,
      ]);
    }
  });
});
