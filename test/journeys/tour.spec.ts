import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Service } from '../support/process/service.js';

const tour = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'tour.js');

describe('the tour', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-tour-'));
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(async () => {
    await service.discard();
    rmSync(folder, { recursive: true });
  });

  const take = (url: string) =>
    promisify(execFile)(process.execPath, [tour, '--url', url], { cwd: folder, timeout: 60_000 });

  it('ends with a picture on disk and three refusals, as often as it is taken', async () => {
    for (let round = 0; round < 4; round++) {
      const { stdout } = await take(service.url);
      expect(stdout).toMatch(/100 % {2}completed/);
      expect(stdout).toMatch(/401 an invalid token: token_invalid/);
      expect(stdout).toMatch(/429 request 4 to the login without an account: rate_limit_exceeded/);
      expect(stdout).toMatch(/401 the same token after logout: token_invalid/);
      const picture = readFileSync(join(folder, 'tour.png'));
      expect(picture.subarray(0, 4).toString('hex')).toBe('89504e47');
      rmSync(join(folder, 'tour.png'));
    }
  });

  it('prints what to do where no service runs', async () => {
    await expect(take('http://127.0.0.1:1')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('start the service first, with npm start'),
    });
  });
});
