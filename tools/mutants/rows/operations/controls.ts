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
  },
  {
    title: 'a fact that is missing is nothing instead of unseen',
    file: 'src/features/controls/judging/seen.ts',
    find: 'if (seen === undefined) throw new Unseen(`${String(name)} was not looked at`);',
    replace: 'if (seen === undefined) return undefined as never;',
    specs: judging,
  },
  {
    title: 'an attestation never ends',
    file: 'src/features/controls/judging/judge.ts',
    find: 'return now > due.getTime()',
    replace: 'return now > Infinity',
    specs: judging,
  },
  {
    title: 'evidence of a hostile host steers the terminal',
    file: 'src/features/controls/judging/judge.ts',
    find: "text.replace(/[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]/gu, ' ').slice(0, 500);",
    replace: 'text.slice(0, 500);',
    specs: judging,
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
    title: 'any line of a log is taken for the one that the audit caused',
    file: 'src/cli/security-audit/log-store.ts',
    find: 'linesOf(value).some((line) => line.includes(id))',
    replace: 'linesOf(value).length > 0',
    specs: ['src/cli/security-audit/log-store.spec.ts'],
  },
  {
    title: 'the token of the log is sent in the clear',
    file: 'src/cli/security-audit/log-store.ts',
    find: "token !== null && address.protocol !== 'https:'",
    replace: "token === '' && address.protocol !== 'https:'",
    specs: ['src/cli/security-audit/log-store.spec.ts'],
  },
  {
    title: 'an audit that was told of no log passes the search for its line',
    file: 'src/features/controls/catalogue/operations.controls.ts',
    find: ": fail('VELRO_AUDIT_LOGS_URL is not set');",
    replace: ": pass('VELRO_AUDIT_LOGS_URL is not set');",
    specs: ['src/features/controls/controls.spec.ts'],
  },
  {
    title: 'a scanner that broke off has found nothing',
    file: 'tools/packages/scan.ts',
    find: "return ['broke off', `",
    replace: "return ['clean', `",
    specs: ['test/deployment/scan.spec.ts'],
  },
  {
    title: 'a document names a route that is gone',
    file: 'tools/gates/named-routes.ts',
    find: 'return !prefixes.some(',
    replace: 'return path === method && !prefixes.some(',
    specs: ['tools/gates/documents.spec.ts'],
  },
  {
    title: 'an attestation that was written last counts instead of the newest',
    file: 'src/features/controls/controls.repository.ts',
    find: 'where a.control = n.control order by at desc, id desc limit 1) l',
    replace: 'where a.control = n.control order by id limit 1) l',
    specs: ['src/features/controls/controls.repository.spec.ts'],
  },
];
