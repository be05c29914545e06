import type { Mutant } from '../../mutant.ts';

const judging = ['src/features/controls/controls.spec.ts'];

/** The controls of a deployment, and the audit that reads them. */
export const controlsMutants: readonly Mutant[] = [
  {
    title: 'a control does not apply where its fact could not be looked at',
    file: 'src/features/controls/judging/judge.ts',
    find: "return { id, status: 'fail', evidence: error.message };",
    replace: "return { id, status: 'not_applicable', evidence: error.message };",
    specs: judging,
    cheap: true,
  },
  {
    title: 'a fact that is missing is nothing instead of unseen',
    file: 'src/features/controls/judging/seen.ts',
    find: 'if (seen === undefined) throw new Unseen(`${String(name)} was not looked at`);',
    replace: 'if (seen === undefined) return undefined as never;',
    specs: judging,
    cheap: true,
  },
  {
    title: 'an attestation never ends',
    file: 'src/features/controls/judging/judge.ts',
    find: 'return now > due.getTime()',
    replace: 'return now > Infinity',
    specs: judging,
    cheap: true,
  },
  {
    title: 'evidence of a hostile host steers the terminal',
    file: 'src/features/controls/judging/judge.ts',
    find: "text.replace(/[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]/gu, ' ').slice(0, 500);",
    replace: 'text.slice(0, 500);',
    specs: judging,
    cheap: true,
  },
  {
    title: 'an administrator attests what a program judges',
    file: 'src/features/controls/controls.service.ts',
    find: "if (check.by !== 'attestation') throw new Problem('not_found');",
    replace: "if (check.by !== 'attestation' && control === '') throw new Problem('not_found');",
    specs: ['test/journeys/controls.spec.ts'],
  },
  {
    title: 'a page that is no instance is audited',
    file: 'src/cli/security-audit/audit.ts',
    find: "if (typeof value['uptime_s'] !== 'number' || typeof value['ai_status'] !== 'string')",
    replace: "if (value['uptime_s'] === 'never')",
    specs: ['test/journeys/security-audit-addresses.spec.ts'],
    test: 'says of another service',
  },
  {
    title: 'a monitor is told that an instance is healthy that is not',
    file: 'src/features/health/health-ping.ts',
    find: 'if (!isHealthy) return;',
    replace: 'void isHealthy;',
    specs: ['test/journeys/health-ping.spec.ts'],
  },
  {
    title: 'the address of a monitor is followed to where it redirects',
    file: 'src/adapters/webhook/http-health-monitor.ts',
    find: "redirect: 'manual',",
    replace: "redirect: 'follow',",
    specs: ['test/journeys/health-ping.spec.ts'],
  },
  {
    title: 'an attestation that was written last counts instead of the newest',
    file: 'src/features/controls/controls.repository.ts',
    find: 'where a.control = n.control order by at desc, id desc limit 1) l',
    replace: 'where a.control = n.control order by id limit 1) l',
    specs: ['src/features/controls/controls.repository.spec.ts'],
    cheap: true,
  },
];
