import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { ConfigurationError, loadConfig, validateSource } from '../../config/load-config.js';
import { canary } from './environments.js';
import { built, remove, root, run, temporary } from './processes.js';
import { serviceEntry } from '../support/process/project-root.js';

let directory = '';
beforeEach(() => {
  directory = temporary();
});
afterEach(() => {
  remove(directory);
});

const write = (content: string | Buffer): void => {
  writeFileSync(join(directory, '.env'), content);
};
const load = (content: string | Buffer, env: Record<string, string> = {}): Config => {
  write(content);
  return loadConfig({ env, directory });
};
/** Every fault as `VARIABLE: reason`. */
const faultsOf = (content: string | Buffer, env: Record<string, string> = {}): string[] => {
  write(content);
  const { faults, warnings } = validateSource({ env, directory });
  expect([...faults.map(({ reason, hint }) => reason + hint), ...warnings].join()).not.toMatch(/cnry/);
  return faults.map(({ variable, reason }) => `${variable}: ${reason}`);
};
const utf16le = (text: string): Buffer => Buffer.from(text, 'utf16le');
const secret = `pass-${canary()}`;

describe('a .env file', () => {
  it.each([
    ['LF', 'PORT=4001\nLOG_LEVEL=error\n'],
    ['CRLF', 'PORT=4001\r\nLOG_LEVEL=error\r\n'],
    ['a byte-order mark', '\ufeffPORT=4001\nLOG_LEVEL=error'],
    ['export and comments', '# one\n\n \t\n  export PORT=4001 # two\n\tLOG_LEVEL=error\t# three\n'],
    ['quotes of each kind', 'PORT="4001" # one\nLOG_LEVEL=\'error\'\nMAIL_FROM=`Velro <a@b.example>`\n'],
    ['blanks behind the equals sign', 'PORT= 4001 \nLOG_LEVEL= "error" \n'],
    [
      'an empty value and a comment',
      'PORT=4001\nLOG_LEVEL=error\nREDIS_URL=# none\nSMTP_URL= # none\n'.replace('=#', '= #'),
    ],
  ])('is read with %s', (_title, text) => {
    const { server, log } = load(text);
    expect([server.port, log.level]).toEqual([4001, 'error']);
  });

  it.each([
    ['in single quotes', `'${secret}#sta ple"x'`, `${secret}#sta ple"x`],
    ['in double quotes', `"${secret}#staple'x"`, `${secret}#staple'x`],
    ['without quotes', `${secret}=a"b'c`, `${secret}=a"b'c`],
    ['without quotes, before a comment', `${secret}\t# staple`, secret],
  ])('gives a value %s as it stands', (_title, text, value) => {
    expect(load(`ADMIN_PASS=${text}\n`).operator.password.reveal()).toBe(value);
  });

  it.each([
    ['a colon', 'ENVIRONMENT: production', 'is neither blank, a comment nor NAME=value'],
    ['a blank for the sign', 'ENVIRONMENT production', 'is neither blank, a comment nor NAME=value'],
    ['a blank before the sign', 'ENVIRONMENT =production', 'is neither blank, a comment nor NAME=value'],
    ['a name in lower case', 'environment=production', 'sets a name that is none'],
    ['a name with a dash', 'ADMIN-PASS=x', 'sets a name that is none'],
    ['no name', '=x', 'is neither blank, a comment nor NAME=value'],
    ['a secret alone', secret, 'is neither blank, a comment nor NAME=value'],
    ['a value behind a closed quote', `ADMIN_PASS="${secret}"x`, 'has text after the closing quote'],
    ['an open quote', `ADMIN_PASS="${secret}`, 'opens a quote that it does not close'],
    [
      'a # in a value',
      `ADMIN_PASS=${secret}#staple`,
      'has a # in its value that some programs take for a comment',
    ],
    [
      'a # in a value before a comment',
      `ADMIN_PASS=${secret}#x # y`,
      'has a # in its value that some programs take for a comment',
    ],
    [
      'a # at the beginning',
      `ADMIN_PASS=#${secret}`,
      'has a # in its value that some programs take for a comment',
    ],
    [
      'a backslash in double quotes',
      `ADMIN_PASS="${secret}\\n"`,
      'has a backslash in double quotes, which programs read differently',
    ],
    ['a lone CR', `# a comment\rENVIRONMENT=production`, 'contains a control character'],
    ['a line separator', `# a comment\u2028ENVIRONMENT=production`, 'contains a control character'],
  ])(
    'is refused with %s, by the number of the line, and nothing is taken as missing',
    (_title, line, reason) => {
      expect(faultsOf(`# first\n${line}\nPORT=4001\n`)).toEqual([`.env: line 2 ${reason}`]);
      expect(() => loadConfig({ env: {}, directory })).toThrow(ConfigurationError);
    },
  );

  it('is refused with a name that stands twice, the same value included', () => {
    expect(faultsOf('PORT=1\n\nPORT=1\n')).toEqual(['.env: line 3 sets the variable of line 1 again']);
  });

  it.each([
    [
      'UTF-16, little endian',
      Buffer.concat([Buffer.from('fffe', 'hex'), utf16le('ENVIRONMENT=production\n')]),
    ],
    [
      'UTF-16, big endian',
      Buffer.concat([Buffer.from('feff', 'hex'), utf16le('ENVIRONMENT=production\n').swap16()]),
    ],
    ['UTF-16 without a mark', utf16le('ENVIRONMENT=production\n')],
  ])('is refused as %s, which it says', (_title, content) => {
    expect(faultsOf(content)).toEqual(['.env: is UTF-16, or no text at all']);
    expect(faultsOf(content, { ENVIRONMENT: 'staging' })).toContainEqual(expect.stringContaining('UTF-16'));
  });

  it('is refused with a line that is not UTF-8, by its number', () => {
    const latin1 = Buffer.from(`PORT=4001\nADMIN_PASS=${secret}ü\n`, 'latin1');
    expect(faultsOf(latin1)).toEqual(['.env: line 2 is not UTF-8']);
  });

  it('reports all its faults at once, beside those of the environment', () => {
    const text = 'ENVIRONMENT: production\nADMIN-PASS=x\nLOG_LEVEL=loud\n';
    expect(faultsOf(text, { PORT: 'x' })).toEqual([
      'PORT: is not a whole number from 0 to 65535',
      'LOG_LEVEL: is none of the known words',
      '.env: line 1 is neither blank, a comment nor NAME=value',
      '.env: line 2 sets a name that is none',
    ]);
  });

  it('leaves the environment undecided when the line that names it is refused, unless the process names it', () => {
    write('ENVIRONMENT: production\n');
    expect(validateSource({ env: {}, directory }).name).toBeNull();
    expect(validateSource({ env: { ENVIRONMENT: 'test' }, directory }).name).toBe('test');
  });

  it('does not report a variable as missing whose line is refused', () => {
    write(`ENVIRONMENT=production\nJWT_SECRET=${secret}#x\n`);
    const names = validateSource({ env: {}, directory }).faults.map(({ variable }) => variable);
    expect(names).toEqual(expect.arrayContaining(['.env', 'PASSWORD_PEPPER']));
    expect(names).not.toContain('JWT_SECRET');
  });
});

describe('a value that arrives with its quotes', () => {
  it.each([
    ['PORT', '"4001"'],
    ['ADMIN_PASS', `'${secret}'`],
    ['ENVIRONMENT', '`test`'],
    ['LOG_FILE', '""'],
    ['MAIL_FROM', ' "a@b.example" '],
  ])('is refused for %s', (name, value) => {
    const faults = faultsOf('', { [name]: value });
    expect(faults).toEqual([`${name}: is still in quotes`]);
  });

  it('is accepted with quotes within, or on one side', () => {
    const value = `"${secret}`;
    expect(loadConfig({ env: { ADMIN_PASS: value }, directory }).operator.password.reveal()).toBe(value);
    const origins = '["https://a.example.net"]';
    expect(loadConfig({ env: { CORS_ORIGINS: origins }, directory }).corsOrigins).toEqual(
      JSON.parse(origins),
    );
  });
});

describe('a boot beside a .env that is not understood', () => {
  beforeAll(built);

  it('exits 1 with a line for each fault, and so does the validation', async () => {
    write(`ENVIRONMENT: production\nADMIN_PASS=${secret}#staple\n`);
    const boot = await run(process.execPath, [serviceEntry], { cwd: directory });
    expect([boot.code, boot.stdout]).toEqual([1, '']);
    expect(boot.stderr).toMatch(
      /^Velro does not start: 2 faults in its configuration\.\n {2}\.env: line 1 .*\n {2}\.env: line 2 .*\n$/,
    );
    expect(boot.stderr).not.toContain(secret);
    const command = [join(root, 'tools/start.ts'), 'security-validate', '--json'];
    const { code, stdout } = await run(process.execPath, command, { cwd: directory });
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { environment: 'undecided', ok: false }]);
    expect(execFileSync('ls', ['-A', directory], { encoding: 'utf8' })).toBe('.env\n');
  });
});
