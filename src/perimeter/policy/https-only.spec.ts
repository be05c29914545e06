import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import type { Config, EnvironmentName, TrustedProxy } from '../../../config/config.js';
import { httpsOnly } from './https-only.js';

const railway: TrustedProxy = { mode: 'railway', peers: ['100.64.0.0/10'] };
const list: TrustedProxy = { mode: 'cidr', trusted: ['10.0.0.0/8'] };

function passes(
  environment: EnvironmentName,
  proxy: TrustedProxy,
  peer: string,
  proto?: string,
  url = '/api/v1/auth/login',
): boolean {
  const request = {
    raw: { socket: { remoteAddress: peer } },
    headers: proto === undefined ? {} : { 'x-forwarded-proto': proto },
    routeOptions: { url },
  } as FastifyRequest;
  return httpsOnly({ environment, proxy } as Config)(request) === null;
}

describe('https behind the proxy', () => {
  it.each([
    ['production', railway, '100.64.0.1', 'https', true],
    ['production', railway, '100.64.0.1', 'HTTPS', true],
    ['production', railway, '::ffff:100.64.0.1', 'https', true],
    ['production', railway, '100.64.0.1', 'http', false],
    ['production', railway, '100.64.0.1', undefined, false],
    ['production', railway, '100.64.0.1', 'https, http', false],
    ['production', railway, '100.64.0.1', 'http, https', true],
    ['production', railway, '100.64.0.1', 'httpsx', false],
    ['production', railway, '198.51.100.7', 'https', false],
    ['staging', list, '10.0.0.1', 'https', true],
    ['staging', list, '10.0.0.1', 'http', false],
    ['staging', list, '198.51.100.7', 'https', false],
    ['development', railway, '198.51.100.7', undefined, true],
    ['test', list, '198.51.100.7', 'http', true],
    ['production', { mode: 'none' }, '198.51.100.7', undefined, true],
  ] as const)('%s %j: from %s, told %p, passes: %p', (environment, proxy, peer, proto, expected) => {
    expect(passes(environment, proxy, peer, proto)).toBe(expected);
  });

  it('probes may use plain HTTP', () => {
    for (const path of ['/health', '/health/live', '/health/ready', '/api/v1/health'])
      expect(passes('production', railway, '100.64.0.1', undefined, path)).toBe(true);
  });
});
