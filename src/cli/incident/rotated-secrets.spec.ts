import { describe, expect, it } from '@jest/globals';
import { secretNames } from '../../../config/environment/read-environment.js';
import { otherLines, treatmentOf } from './rotated-secrets.js';

describe('a rotation of everything', () => {
  it.each(secretNames())('decides what becomes of %s', (name) => {
    expect(treatmentOf(name)).not.toBeNull();
  });

  it.each(secretNames().filter((name) => name.endsWith('_PREVIOUS')))(
    'has %s removed where it is set',
    (name) => {
      expect(otherLines((one) => one === name)).toEqual([expect.stringContaining(`remove ${name}: `)]);
      expect(otherLines(() => false)).toEqual([]);
    },
  );

  it.each([
    'SECURITY_ALERT_WEBHOOK_URL',
    'HEALTH_PING_URL',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'DATABASE_MIGRATION_URL',
  ])('names %s among what is made anew elsewhere', (name) => {
    expect(treatmentOf(name)).toBe('elsewhere');
  });
});
