import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Command } from '../support/process/command.js';
import { projectRoot } from '../support/process/project-root.js';

/** The scanners themselves are on few machines: these programs stand in for them by their names and exit codes. */
describe('npm run scan', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-scan-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const install = (program: string, code: number): void => {
    const file = join(folder, program);
    writeFileSync(file, `#!/bin/sh\necho "$@" > ${join(folder, `${program}.args`)}\nexit ${code}\n`);
    chmodSync(file, 0o755);
  };
  const scan = async (
    ...args: string[]
  ): Promise<{ code: number | null; said: string[]; stderr: string }> => {
    const line = [process.execPath, join(projectRoot, 'tools/packages/scan.ts'), ...args];
    // Nothing but the stand-ins.
    const command = Command.start(line, { cwd: folder, env: { PATH: folder } });
    const code = await command.exited();
    return {
      code,
      said: command.stdout
        .trim()
        .split('\n')
        .map((text) => text.split(' ')[0] ?? ''),
      stderr: command.stderr,
    };
  };
  const all = (osv: number, trivy: number, zap: number): void => {
    install('osv-scanner', osv);
    install('trivy', trivy);
    install('zap-baseline.py', zap);
  };

  it('says of each program that is not there that its scan is due, and ends with 2', async () => {
    expect(await scan()).toEqual({ code: 2, said: ['DUE', 'DUE', 'DUE'], stderr: '' });
  });

  it('runs what is there', async () => {
    install('osv-scanner', 0);
    expect(await scan()).toMatchObject({ code: 2, said: ['CLEAN', 'DUE', 'DUE'] });
    expect(readFileSync(join(folder, 'osv-scanner.args'), 'utf8')).toBe(
      'scan source --lockfile=package-lock.json\n',
    );
  });

  it('scans an instance only where its address is given', async () => {
    all(0, 0, 0);
    expect(await scan()).toMatchObject({ code: 2, said: ['CLEAN', 'CLEAN', 'DUE'] });
    expect(await scan('--url', 'https://api.example.com')).toMatchObject({
      code: 0,
      said: ['CLEAN', 'CLEAN', 'CLEAN'],
    });
    expect(readFileSync(join(folder, 'zap-baseline.py.args'), 'utf8')).toBe('-t https://api.example.com/\n');
  });

  it.each([
    ['a weak package', [1, 0, 0], ['FOUND', 'CLEAN', 'CLEAN']],
    ['a secret', [0, 10, 0], ['CLEAN', 'FOUND', 'CLEAN']],
    ['a warning of ZAP', [0, 0, 2], ['CLEAN', 'CLEAN', 'FOUND']],
    ['a database that could not be read', [127, 1, 3], ['BROKE', 'BROKE', 'BROKE']],
  ] as [string, [number, number, number], string[]][])('ends with 1 for %s', async (_, codes, said) => {
    all(...codes);
    expect(await scan('--url', 'https://api.example.com')).toMatchObject({ code: 1, said });
  });

  it('takes no address of another kind', async () => {
    all(0, 0, 0);
    expect((await scan('--url', 'file:///etc/passwd')).code).toBe(1);
  });
});
