import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import {
  demands,
  readBase64Key,
  readHexKey,
  weaknessOfKey,
  weaknessOfText,
  type Demands,
} from '../../config/secrets/secret-strength.js';
import { run, root } from './processes.js';

const samples = 2500;
const made: readonly (readonly [string, () => string, Demands])[] = [
  [
    'token_urlsafe(96) in production',
    () => randomBytes(96).toString('base64url'),
    demands.deployedTokenSecret,
  ],
  [
    'token_urlsafe(64) in development',
    () => randomBytes(64).toString('base64url'),
    demands.developmentTokenSecret,
  ],
  [
    'openssl rand -base64 96 in production',
    () => randomBytes(96).toString('base64'),
    demands.deployedTokenSecret,
  ],
  ['openssl rand -hex 64 in production', () => randomBytes(64).toString('hex'), demands.deployedTokenSecret],
  [
    'openssl rand -hex 32 in development',
    () => randomBytes(32).toString('hex'),
    demands.developmentTokenSecret,
  ],
  [
    'openssl rand -base64 24 as a password',
    () => randomBytes(24).toString('base64'),
    demands.operatorPassword,
  ],
  ['openssl rand -hex 32 as a bearer token', () => randomBytes(32).toString('hex'), demands.bearerToken],
];

describe('the judgement of secrets', () => {
  it.each(made)(`refuses none of ${samples} of %s`, (_title, make, demand) => {
    const refused = Array.from({ length: samples }, () => weaknessOfText(make(), demand)).filter(
      (weakness) => weakness !== null,
    );
    expect(refused).toEqual([]);
  });

  it('takes no random text for a placeholder because it begins like one and has such a word inside', () => {
    const letters = (bytes: number): string => randomBytes(bytes).toString('hex');
    const made = Array.from({ length: 50 }, () => `a-${letters(30)}Key${letters(30)}`);
    expect(made.map((text) => weaknessOfText(text, demands.developmentTokenSecret))).toEqual(
      made.map(() => null),
    );
    for (const text of ['my-secret-key', 'your_jwt_secret_here', 'some value', 'the-token'])
      expect(weaknessOfText(text, demands.developmentTokenSecret)).toBe('is still a placeholder');
  });

  it(`refuses none of ${samples} random keys in base64 and hexadecimal`, () => {
    for (let at = 0; at < samples; at += 1) {
      const bytes = randomBytes(32);
      for (const read of [readBase64Key(bytes.toString('base64')), readHexKey(bytes.toString('hex'))]) {
        expect(read?.equals(bytes)).toBe(true);
        expect(weaknessOfKey(bytes)).toBeNull();
      }
    }
  });

  it('refuses none of 500 that Python and OpenSSL really print', async () => {
    const python = 'import secrets\nfor _ in range(500): print(secrets.token_urlsafe(96))';
    const printed = await run('python3', ['-c', python], { cwd: root });
    const secrets = printed.stdout.trim().split('\n');
    expect(secrets).toHaveLength(500);
    expect(secrets.filter((secret) => weaknessOfText(secret, demands.deployedTokenSecret) !== null)).toEqual(
      [],
    );
    const openssl = await run('bash', ['-c', 'for i in {1..20}; do openssl rand -base64 32; done'], {
      cwd: root,
    });
    const keys = openssl.stdout.trim().split('\n').map(readBase64Key);
    expect(keys.filter((key) => key === null || weaknessOfKey(key) !== null)).toEqual([]);
  });

  it.each([
    ['Velro-Admin-Password-2026'],
    ['passwordpassword1234'],
    ['correct-horse-battery-staple'],
    ['AdminAdmin123456789012'],
    ['P@ssw0rdP@ssw0rd12345!'],
    ['qwertyuiop1234567890'],
    ['SuperSecretPassword1!'],
    ['Summer2024Summer2025!'],
    ['ThisIsMyAdminPassword'],
    ['your-super-secret-and-long-postgres-password'],
    ['insert-password-here-please'],
  ])('refuses the password %s', (password) => {
    expect(weaknessOfText(password, demands.operatorPassword)).not.toBeNull();
  });

  it.each([['maple-tundra-violin-rocket-grape'], ['Tr0ub4dor&3 ~ horse 92 moon'], ['k9#vQ2!mZx7$Lp4@Wd8t']])(
    'accepts the password %s',
    (password) => {
      expect(weaknessOfText(password, demands.operatorPassword)).toBeNull();
    },
  );

  it('takes time in proportion even for the longest value that a variable may have', () => {
    const started = performance.now();
    weaknessOfText('ab'.repeat(4095) + 'c', demands.deployedTokenSecret);
    weaknessOfText(randomBytes(6000).toString('base64url'), demands.deployedTokenSecret);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
