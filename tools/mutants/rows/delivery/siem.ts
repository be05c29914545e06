import type { Mutant } from '../../mutant.ts';

const service = 'src/features/security/export/siem-export.service.ts';
const repository = 'src/features/security/export/siem-export.repository.ts';
const exportSpec = ['src/features/security/export/siem-export.service.spec.ts'];
const ocsf = ['src/features/security/export/ocsf-event.spec.ts'];
const contract = ['test/contracts/siem-receiver.spec.ts'];
const syslog = 'src/adapters/siem/syslog-siem.ts';
const https = 'src/adapters/siem/https-siem.ts';

/** The export of security events. */
export const siemMutants: readonly Mutant[] = [
  {
    title: 'an event that is stored behind later ones is never exported',
    file: repository,
    find: "      .where('position', '>', position)\n      .where('position', '<=', settled)\n      .orderBy('position')",
    replace:
      "      .where('position', '>', position)\n      .where('position', '<=', settled)\n      .orderBy('id')",
    specs: exportSpec,
    test: 'in the order in which they were stored',
  },
  {
    title: 'an event whose transaction is open is passed over by the export',
    file: repository,
    find: 'velro.settled_security_event_position() as settled',
    replace: '(select last_value from velro.security_event_positions) as settled',
    specs: exportSpec,
    test: 'still open',
  },
  {
    title: 'two instances export at one time',
    file: repository,
    find: "      .where('due_at', '<=', sql<Date>`now()`)\n      .where(({ exists",
    replace: '      .where(({ exists',
    specs: exportSpec,
    test: 'by one instance at a time',
  },
  {
    title: 'an instance whose lease was taken over moves the cursor of the export',
    file: repository,
    find: "      .set({ position: to, failures: 0, refused_in_row: 0, due_at: inMs(leaseMs) })\n      .where('claim', '=', claim)",
    replace: '      .set({ position: to, failures: 0, refused_in_row: 0, due_at: inMs(leaseMs) })',
    specs: exportSpec,
  },
  {
    title: 'a cursor that was set back is moved over',
    file: repository,
    find: "      .where('position', '=', from)\n",
    replace: "      .where('position', '>=', '0')\n",
    specs: exportSpec,
    test: 'starts over',
  },
  {
    title: 'the cursor of the export moves behind a failure',
    file: service,
    find: '      else await this.onFailure(lease, cause, limits);\n      return null;\n    }\n    if (!(await this.exports.advance',
    replace: '      void cause;\n    }\n    if (!(await this.exports.advance',
    specs: exportSpec,
    test: 'after a failure',
  },
  {
    title: 'the cursor of the export moves before the delivery',
    file: service,
    find: '    try {\n      await this.receiver.deliver(',
    replace:
      '    await this.exports.advance(lease, last.position, limits.leaseMs);\n    try {\n      await this.receiver.deliver(',
    specs: exportSpec,
  },
  {
    title: 'failures of the export are tried again at once',
    file: service,
    find: 'Math.min(limits.retryAtMostMs, limits.retryMs * 2 ** lease.failures)',
    replace: '0',
    specs: exportSpec,
    test: 'longer each time',
  },
  {
    title: 'a batch that is too large for the receiver is tried as large again',
    file: service,
    find: 'batch / 2 ** failures',
    replace: 'batch / 1 ** failures',
    specs: exportSpec,
    test: 'half as many',
  },
  {
    title: 'a stop counts as a failure of the SIEM',
    file: service,
    find: 'if (signal.aborted) await this.exports.release(lease);',
    replace: 'if (limits.batch < 0) await this.exports.release(lease);',
    specs: exportSpec,
    test: 'at a stop',
  },
  {
    title: 'a transaction that is open stops the export for a minute',
    file: service,
    find: 'await this.exports.release(held).catch(() => undefined);',
    replace: 'await Promise.resolve();',
    specs: exportSpec,
    test: 'still open',
  },
  {
    title: 'an outage of the SIEM is told of at each failure',
    file: service,
    find: 'if (failures === limits.failuresOfOutage)',
    replace: 'if (failures >= limits.failuresOfOutage)',
    specs: exportSpec,
    test: 'when failures do not end',
  },
  {
    title: 'an event that was deleted before its export is not counted',
    file: 'src/features/security/events/security-events.repository.ts',
    find: 'set expired = expired + sums.unexported',
    replace: 'set expired = expired + 0 * sums.unexported',
    specs: exportSpec,
    test: 'deleted by age',
  },
  {
    title: 'events that the SIEM missed are not told of',
    file: 'src/features/security/security.purge.ts',
    find: 'if (missed > 0)',
    replace: 'if (missed > 1000)',
    specs: ['src/features/security/security.purge.spec.ts'],
  },
  {
    title: 'details of exported events hold what looks like an address or a secret',
    file: 'src/features/security/export/ocsf-event.ts',
    find: "typeof value === 'string' ? redactWithin(value) : value",
    replace: 'value',
    specs: ocsf,
  },
  {
    title: 'an exported event of no request lacks what its class requires',
    file: 'src/features/security/export/ocsf-event.ts',
    find: '  sourceIp === undefined\n    ? { svc_name: serviceName,',
    replace: '  sourceIp === undefined\n    ? {',
    specs: ocsf,
  },
  {
    title: 'a redirect of the SIEM is followed',
    file: https,
    find: "redirect: 'manual',",
    replace: "redirect: 'follow',",
    specs: contract,
    test: 'another address',
  },
  {
    title: 'an error of the SIEM counts as a delivery',
    file: https,
    find: 'if (!answer.ok) throw',
    replace: 'if (answer.status < 100) throw',
    specs: contract,
  },
  {
    title: 'a SIEM that does not answer is waited for',
    file: https,
    find: 'AbortSignal.any([signal, AbortSignal.timeout(this.sendTimeoutMs)])',
    replace: 'AbortSignal.any([signal, AbortSignal.timeout(this.sendTimeoutMs * 1000)])',
    specs: contract,
    test: 'too late',
  },
  {
    title: 'a receiver of syslog that closes without reading has taken the events',
    file: syslog,
    find: 'hasEnded = isEnding;',
    replace: 'hasEnded = true;',
    specs: contract,
    test: 'reset',
  },
  {
    title: 'a receiver of syslog whose certificate is not trusted gets events',
    file: syslog,
    find: "minVersion: 'TLSv1.2',",
    replace: "minVersion: 'TLSv1.2',\n      rejectUnauthorized: false,",
    specs: contract,
    test: 'not trusted',
  },
  {
    title: 'a server that answers as no receiver of syslog does has taken the events',
    file: syslog,
    find: "fail('it answered, as no receiver of syslog does');",
    replace: 'void fail;',
    specs: contract,
  },
  {
    title: 'a frame of syslog holds characters of more than an octet',
    file: 'src/adapters/siem/syslog-message.ts',
    find: '- ${ascii(json)}`',
    replace: '- ${json}`',
    specs: ['src/adapters/siem/syslog-message.spec.ts'],
  },
  {
    title: 'events are exported over plain HTTP',
    file: 'config/rules/siem.ts',
    find: "url.protocol === 'http:' && !isLoopbackHost(url.hostname)",
    replace: "url.protocol === 'http:' && url.hostname === ''",
    specs: ['test/boot/refused-boots.spec.ts'],
    test: 'a SIEM over http',
  },
];
