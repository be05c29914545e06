import { describe, expect, it } from '@jest/globals';
import { securityEventNames, type SecurityEventName } from '../../../observability/security-events.js';
import type { KeptEvent } from '../events/security-events.repository.js';
import { ocsfClasses, ocsfMappings } from './ocsf-classes.js';
import { toOcsf, type OcsfObject } from './ocsf-event.js';

const id = '0197a1b2-0000-7000-8000-000000000001';
const userId = '0197a1b2-0000-7000-8000-000000000002';
const requestId = '0197a1b2-0000-7000-8000-000000000003';
const at = new Date('2026-11-28T12:00:00.123Z');

/** As the service records it where there was no request. */
const bare = (event: SecurityEventName): KeptEvent => ({
  id,
  at,
  event,
  level: 'HIGH',
  text: 'SOMETHING happened',
  response: 'refused',
});
const full = (event: SecurityEventName): KeptEvent => ({
  ...bare(event),
  sourceIp: '203.0.113.7',
  userId,
  account: 'a'.repeat(32),
  requestId,
  traceId: 'b'.repeat(32),
  method: 'POST',
  route: '/api/v1/projects/:id',
  instance: 'c'.repeat(12),
  suppressed: 3,
  attack: 'brute_force_attack',
  details: { rule: 'auth_login', retry_after_s: 7 },
});

/** What OCSF 1.3 requires of every event, and of those of a class. */
const required = {
  base: ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'],
  2004: ['finding_info'],
  3001: ['user'],
  3002: ['user', 'service', 'dst_endpoint'],
  4002: ['http_request', 'dst_endpoint'],
  6002: ['app'],
  6003: ['actor', 'api', 'src_endpoint'],
} as const;

/** Of the objects within: what each requires, and of what it requires at least one. */
const objects: Readonly<Record<string, { all?: readonly string[]; some?: readonly string[] }>> = {
  metadata: { all: ['product', 'version', 'uid'] },
  product: { all: ['name', 'vendor_name'] },
  app: { all: ['name', 'vendor_name'] },
  user: { some: ['account', 'name', 'uid'] },
  account: { some: ['name', 'uid'] },
  actor: { some: ['user'] },
  api: { all: ['operation'] },
  service: { some: ['name', 'uid'] },
  request: { all: ['uid'] },
  src_endpoint: { some: ['ip', 'svc_name'] },
  dst_endpoint: { some: ['ip', 'svc_name'] },
  url: { some: ['url_string', 'path'] },
  finding_info: { all: ['uid', 'title'] },
  evidences: { some: ['src_endpoint', 'actor', 'api'] },
};

const isObject = (value: unknown): value is OcsfObject => typeof value === 'object' && value !== null;

/** Paths of what an object or one within lacks, and of values that JSON would drop or leave empty. */
function faultsOf(name: string, value: OcsfObject): string[] {
  const { all = [], some = [] } = objects[name] ?? {};
  const faults = all.filter((attribute) => !(attribute in value)).map((one) => `${name}.${one}`);
  if (some.length > 0 && !some.some((attribute) => attribute in value))
    faults.push(`${name}: one of ${some.join()}`);
  for (const [attribute, part] of Object.entries(value)) {
    if (attribute === 'unmapped') continue;
    if (part === undefined || part === null || part === '') faults.push(`${name}.${attribute} is empty`);
    const parts: readonly unknown[] = Array.isArray(part) ? part : [part];
    for (const one of parts) if (isObject(one)) faults.push(...faultsOf(attribute, one));
  }
  return faults;
}

describe('the mapping of security events to OCSF', () => {
  it('has every event of the catalogue and no other', () => {
    expect(Object.keys(ocsfMappings).sort()).toEqual([...securityEventNames].sort());
  });

  it.each(securityEventNames)(
    'gives %s every attribute that its class requires, with and without a request',
    (name) => {
      for (const event of [bare(name), full(name), { ...full(name), method: 'PROPFIND' }]) {
        for (const host of [null, 'api.example.com']) {
          const ocsf = toOcsf(event, host);
          const classUid = ocsfClasses[ocsfMappings[name].class];
          expect(Object.keys(ocsf)).toEqual(
            expect.arrayContaining([...required.base, ...required[classUid]]),
          );
          expect(faultsOf('event', ocsf)).toEqual([]);
          expect(ocsf).toMatchObject({
            class_uid: classUid,
            category_uid: Number(String(classUid)[0]),
            type_uid: classUid * 100 + Number(ocsf['activity_id']),
            severity_id: 4,
            time: 1_795_867_200_123,
            metadata: { version: '1.3.0', uid: id, event_code: name },
          });
          // An activity that is none of the class's own says which.
          expect(ocsf['activity_name']).toBe(ocsf['activity_id'] === 99 ? name : undefined);
          expect(JSON.parse(JSON.stringify(ocsf))).toEqual(ocsf);
        }
      }
    },
  );

  it.each([
    ['LOW', 2],
    ['MEDIUM', 3],
    ['HIGH', 4],
    ['CRITICAL', 5],
  ] as const)('gives %s the severity %d', (level, severity) => {
    expect(toOcsf({ ...bare('authz_fail'), level }, null)['severity_id']).toBe(severity);
  });

  it.each([
    ['authn_login_fail', 'POST', 3002, 1, 2],
    ['authn_login_success', 'POST', 3002, 1, 1],
    ['session_logout', 'POST', 3002, 2, 1],
    ['user_created', 'POST', 3001, 1, 1],
    ['authn_password_change', 'POST', 3001, 3, 1],
    ['authn_login_lock', 'POST', 3001, 9, 1],
    ['authz_fail', 'DELETE', 6003, 4, 2],
    ['authz_fail', 'GET', 6003, 2, 2],
    ['input_validation_fail', 'POST', 4002, 6, 2],
    ['malicious_attack_tool', 'GET', 2004, 1, undefined],
    ['sys_startup', 'GET', 6002, 3, 1],
    ['sys_monitor_disabled', 'GET', 6002, 7, 1],
  ] as const)(
    'gives %s by %s the class %d, the activity %d and the status %p',
    (event, method, uid, activity, status) => {
      const ocsf = toOcsf({ ...full(event), method }, null);
      expect([ocsf['class_uid'], ocsf['activity_id'], ocsf['status_id']]).toEqual([uid, activity, status]);
    },
  );

  it('names who did it and to whom', () => {
    const target = '0197a1b2-0000-7000-8000-000000000009';
    const event: KeptEvent = { ...full('user_updated'), details: { target_id: target } };
    expect(toOcsf(event, null)).toMatchObject({
      user: { uid: target },
      actor: { user: { uid: userId, account: { uid: 'a'.repeat(32) } } },
      src_endpoint: { ip: '203.0.113.7' },
      http_request: { http_method: 'POST', url: { path: '/api/v1/projects/:id' } },
      count: 4,
      unmapped: { threat_level: 'HIGH', response: 'refused', trace_id: 'b'.repeat(32) },
    });
  });

  it('replaces what looks like a secret or an address in details', () => {
    const details = {
      a: 'somebody@example.com',
      b: `velro_${'x1'.repeat(20)}`,
      c: `${'e'.repeat(12)}.${'y'.repeat(12)}.${'jJ4'.repeat(10)}`,
      d: 'auth_login',
      e: 5,
    };
    expect(toOcsf({ ...full('authz_fail'), details }, null)['unmapped']).toMatchObject({
      details: { a: '[EMAIL_REDACTED]', b: '[KEY_REDACTED]', c: '[TOKEN_REDACTED]', d: 'auth_login', e: 5 },
    });
  });
});
