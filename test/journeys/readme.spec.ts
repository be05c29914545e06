import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectRoot } from '../support/process/project-root.js';
import { Service } from '../support/process/service.js';
import { hungAfterMs } from '../support/process/wait-until.js';
import { sharedService } from '../support/services/shared-service.js';

const address = 'http://127.0.0.1:3000';

/** The shell commands under a heading of the README, as they are printed. */
function commandsUnder(heading: string): string {
  const [, section = ''] = readFileSync(join(projectRoot, 'README.md'), 'utf8').split(`## ${heading}\n`);
  return /^```sh\n(.*?)^```$/ms.exec(section)?.[1] ?? '';
}

const withCurl = ['bash', 'curl'].every((program) => spawnSync(program, ['--version']).status === 0)
  ? describe
  : describe.skip;

withCurl('the commands under "Try it by hand" in the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-readme-'));
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
    rmSync(folder, { recursive: true });
  });

  it('sign up, order a picture, show its progress and save it', async () => {
    const commands = commandsUnder('Try it by hand');
    expect(commands).toContain(address);
    const script = `set -euo pipefail\n${commands.replaceAll(address, service.url)}`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], {
      cwd: folder,
      timeout: hungAfterMs,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^event: completed$/m);
    expect(readFileSync(join(folder, 'lighthouse.png')).subarray(1, 4).toString()).toBe('PNG');
  });
});
