import { describe, expect, it } from '@jest/globals';
import type { SiemRecord } from '../../ports/delivery/siem-receiver.js';
import { syslogFrame } from './syslog-message.js';

const record: SiemRecord = {
  id: '0197a1b2-0000-7000-8000-000000000001',
  name: 'authz_fail',
  level: 'HIGH',
  at: new Date('2026-11-28T12:00:00.123Z'),
  instance: '0123456789ab',
  json: '{"message":"one"}',
};

describe('a frame of syslog', () => {
  it('is its length, a blank and the message of RFC 5424', () => {
    expect(syslogFrame('api.example.com', record)).toBe(
      '97 <107>1 2026-11-28T12:00:00.123Z api.example.com velro 0123456789ab authz_fail - {"message":"one"}',
    );
  });

  it.each([
    ['LOW', 110],
    ['MEDIUM', 108],
    ['HIGH', 107],
    ['CRITICAL', 106],
  ] as const)('of level %s has the priority %d', (level, priority) => {
    expect(syslogFrame(null, { ...record, level })).toContain(` <${priority}>1 `);
  });

  it('has nil for what is unknown, and no blank or control character within a field', () => {
    expect(syslogFrame(null, { ...record, instance: null })).toContain('Z - velro - authz_fail - {');
    expect(syslogFrame('a b\nc', { ...record, instance: '\u0000' })).toContain(
      'Z abc velro - authz_fail - {',
    );
  });

  it('has as many octets as it says, whatever the JSON holds', () => {
    const json = JSON.stringify({ message: 'ä😀\u2028\u0000\n"' });
    const frame = syslogFrame('h', { ...record, json });
    const [length = '', ...rest] = frame.split(' ');
    const message = rest.join(' ');
    expect(Buffer.byteLength(message)).toBe(Number(length));
    expect(message).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(message.slice(message.indexOf('{')))).toEqual(JSON.parse(json));
  });
});
