import { describe, expect, it } from '@jest/globals';
import { notYetInEffect, setWithoutEffect } from '../../config/not-yet-in-effect.js';
import { loadConfig } from '../../config/load-config.js';

describe('a variable that is not yet in effect', () => {
  it('is named when it is set, to whatever, and not when it is unset', () => {
    const list = { TRACING_ENABLED: ['tracing'] };
    for (const value of [true, false])
      expect(setWithoutEffect({ TRACING_ENABLED: value }, list)).toEqual(['TRACING_ENABLED']);
    expect(setWithoutEffect({ CACHE_ENABLED: true }, list)).toEqual([]);
  });

  it('does not exist at present: every variable is in effect', () => {
    expect(notYetInEffect).toEqual({});
    const env = { TRACING_ENABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };
    expect(loadConfig({ env, directory: '/' }).withoutEffect).toEqual([]);
  });
});
