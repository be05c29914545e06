import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Service } from '../support/process/service.js';

const run = promisify(execFile);

describe.each(['info', 'silent'])(
  'the operator commands of the guides, as they are printed, at LOG_LEVEL=%s',
  (level) => {
    let service: Service;
    beforeAll(async () => {
      service = await Service.start({ LOG_LEVEL: level, LOG_FORMAT: 'json' });
    });
    afterAll(async () => {
      await service.discard();
    });

    const shell = async (command: string): Promise<string> =>
      (await run('bash', ['-c', command.replaceAll('HOST', service.url)], { maxBuffer: 1 << 24 })).stdout;
    const grep = (...patterns: RegExp[]): string[] =>
      service.printed.split('\n').filter((line) => patterns.every((pattern) => pattern.test(line)));

    it('curl -I /health shows the headers', async () => {
      const answer = await shell('curl -sI HOST/health');
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(answer).toMatch(/strict-transport-security: max-age=31536000; includeSubDomains; preload/i);
      expect(answer).not.toMatch(/^(server|x-powered-by):/im);
    });

    it('an invalid bearer token gets 401, a challenge and one log line', async () => {
      const before = grep(/AUTH-MIDDLEWARE/, /VIOLATION/).length;
      const answer = await shell('curl -si -H "Authorization: Bearer invalid-token" HOST/api/v1/auth/me');
      expect(answer).toMatch(/^HTTP\/1\.1 401/);
      expect(answer).toMatch(/www-authenticate: Bearer/i);
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
      expect(grep(/AUTH-MIDDLEWARE/, /VIOLATION/)).toHaveLength(before + 1);
    });

    it('a foreign origin is allowed nothing', async () => {
      const answer = await shell('curl -si -H "Origin: https://malicious-site.com" HOST/api/v1/health');
      expect(answer).toMatch(/^HTTP\/1\.1 200/);
      expect(answer).not.toMatch(/access-control-allow-origin/i);
    });

    it('the fourth of ten requests to the login is the first to be refused', async () => {
      const codes = await shell(
        "for i in {1..10}; do curl -s -o /dev/null -w '%{http_code} ' HOST/api/v1/auth/login; done",
      );
      expect(codes.trim().split(' ')).toEqual(['405', '405', '405', ...Array<string>(7).fill('429')]);
    });

    it('the greps of the guides find those events, equal ones of one address once', () => {
      expect(grep(/RATE-LIMITER/, /exceeded/)).toHaveLength(1);
      expect(grep(/AUTH-MIDDLEWARE/, /VIOLATION/)).toHaveLength(1);
      const events = grep(/SECURITY-EVENT/);
      expect(events.length).toBeGreaterThanOrEqual(3);
      for (const line of events) {
        expect(JSON.parse(line)).toMatchObject({
          time: expect.any(String),
          level: expect.any(String),
          event: expect.any(String),
          threat_level: expect.stringMatching(/^(LOW|MEDIUM|HIGH|CRITICAL)$/),
          response: expect.any(String),
        });
      }
    });
  },
);
