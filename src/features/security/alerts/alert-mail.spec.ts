import { describe, expect, it } from '@jest/globals';
import { alertMail } from './alert-mail.js';
import type { AlertData, SecurityAlert } from './alert-payload.js';

const data: AlertData = {
  event: 'authz_fail',
  level: 'HIGH',
  text: 'AUTH-MIDDLEWARE VIOLATION signature',
  source_ip: '203.0.113.7',
  user_id: null,
  request_id: '0197a1b2-0000-7000-8000-000000000001',
  method: 'GET',
  route: '/api/v1/projects/:id',
  response: 'refused',
  attack: null,
  budget: null,
  key: null,
  suppressed: 0,
  environment: 'production',
  service: 'https://api.example.com',
};
const mailOf = (changes: Partial<AlertData> = {}) => {
  const payload: SecurityAlert = {
    type: 'security.alert',
    timestamp: '2026-11-28T12:00:00.000Z',
    data: { ...data, ...changes },
  };
  return alertMail(payload);
};

describe('the mail about an alert', () => {
  it('has a line for each field that has a value', () => {
    const { subject, text } = mailOf();
    expect(subject).toBe('[Velro production] HIGH: AUTH-MIDDLEWARE VIOLATION signature');
    expect(text.split('\n').slice(0, -3)).toEqual([
      'Time: 2026-11-28T12:00:00.000Z',
      'Event: authz_fail',
      'Level: HIGH',
      'What: AUTH-MIDDLEWARE VIOLATION signature',
      'Network address: 203.0.113.7',
      'Route: GET /api/v1/projects/:id',
      'Request: 0197a1b2-0000-7000-8000-000000000001',
      'Response: refused',
      'Environment: production',
      'Service: https://api.example.com',
    ]);
  });

  it('says which key is to be replaced', () => {
    expect(mailOf({ key: 'FAL_KEY' }).text).toContain('\nKey: FAL_KEY\n');
  });

  it('says which share of which budget was reached, and how many alerts were not sent', () => {
    const { text } = mailOf({
      budget: { name: 'total:ai', period: 'D2026-11-28', share: 0.8 },
      suppressed: 3,
    });
    expect(text).toContain('\nBudget: total:ai D2026-11-28 at 80 %\n');
    expect(text).toContain('\nNot sent since the last alert of this kind: 3\n');
  });

  it.each(['text', 'route', 'source_ip', 'response'] as const)(
    'has no line, header or long text that the field %s brings along',
    (field) => {
      const { subject, text } = mailOf({
        [field]: `a\r\nBcc: b@example.com\u2028\u0000é${'x'.repeat(1000)}`,
      });
      expect(`${subject}\n${text}`).not.toMatch(/\r|^Bcc:|[^\n\x20-\x7e]/m);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(240);
    },
  );

  it('is made of an alert that an earlier version stored', () => {
    const { method, route, budget, key, ...earlier } = data;
    expect([method, route, budget, key]).toEqual(['GET', '/api/v1/projects/:id', null, null]);
    const stored = { type: 'security.alert', timestamp: '2026-11-28T12:00:00.000Z', data: earlier } as const;
    expect(alertMail(stored).text).not.toMatch(/Route|Budget|Key|undefined/);
  });
});
