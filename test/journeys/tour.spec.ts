import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { publishedAddress } from '../../src/service-address.js';
import { projectRoot } from '../support/process/project-root.js';
import { startSecond } from '../support/process/second-instance.js';
import { Service } from '../support/process/service.js';
import { hungAfterMs } from '../support/process/wait-until.js';

const tour = join(projectRoot, 'tools/tour.ts');

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
    promisify(execFile)(process.execPath, [tour, '--url', url], { cwd: folder, timeout: hungAfterMs });

  it('ends with a picture on disk and three refusals, as often as it is taken', async () => {
    for (let round = 0; round < 4; round++) {
      const { stdout } = await take(service.url);
      expect(stdout).toMatch(/100 % {2}completed/);
      expect(stdout).toMatch(/asked the agent Guide: What is a credit\?/);
      expect(stdout).toMatch(
        /answered as path=ai: You are talking to an AI system\. This is the offline model of Velro.* From “Credits”/,
      );
      expect(stdout).toMatch(/it knew that from: Credits/);
      expect(stdout).toMatch(/401 an invalid token: token_invalid/);
      expect(stdout).toMatch(/429 request 4 to the login without an account: rate_limit_exceeded/);
      expect(stdout).toMatch(/401 the same token after logout: token_invalid/);
      const picture = readFileSync(join(folder, 'tour.png'));
      expect(picture.subarray(0, 4).toString('hex')).toBe('89504e47');
      rmSync(join(folder, 'tour.png'));
    }
  });

  it('finds the service by its VELRO_HOME, on whatever port it listens; --url comes first', async () => {
    const find = (...args: string[]) =>
      promisify(execFile)(process.execPath, [tour, ...args], {
        cwd: folder,
        env: { ...process.env, VELRO_HOME: service.home },
        timeout: hungAfterMs,
      });
    expect((await find()).stdout).toContain(`${service.url}/health says healthy`);
    await expect(find('--url', 'http://127.0.0.1:1')).rejects.toMatchObject({
      stderr: expect.stringContaining('No service listens at http://127.0.0.1:1:'),
    });
  });

  it('prints what to do where no service runs', async () => {
    await expect(take('http://127.0.0.1:1')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('start the service first, with npm start'),
    });
  });
});

describe('the address of a service in its VELRO_HOME', () => {
  const fileIn = (home: string): string => join(home, 'service.json');
  let first: Service;
  let second: Service | null = null;
  beforeAll(async () => {
    first = await Service.start({ PUBLIC_URL: 'https://api.example.com' });
  });
  afterAll(async () => {
    await second?.discard();
    await first.discard();
  });
  const published = (home: string): string =>
    (JSON.parse(readFileSync(fileIn(home), 'utf8')) as { url: string }).url;

  it('is readable by its owner alone, is this machine’s where PUBLIC_URL is another, and is removed by a stop', async () => {
    const { home } = first;
    expect(published(home)).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(statSync(fileIn(home)).mode & 0o777).toBe(0o600);
    expect(await first.stop({ keepHome: true })).toBe(0);
    expect(existsSync(fileIn(home))).toBe(false);
    first = await Service.start({}, home);
  });

  it('of a killed service counts for nothing, and is replaced by the next one', async () => {
    const killed = first;
    await killed.kill();
    expect(published(killed.home)).toBe(killed.url);
    expect(publishedAddress(killed.home)).toBeNull();
    first = await Service.start({}, killed.home);
    expect(publishedAddress(first.home)).toBe(first.url);
  });

  it('is not touched by a second service that is refused on the folder, nor by one elsewhere', async () => {
    const other = await Service.start();
    try {
      const refused = Service.launch({}, first.home);
      expect(await refused.exited()).toBe(1);
      expect([publishedAddress(first.home), publishedAddress(other.home)]).toEqual([first.url, other.url]);
    } finally {
      await other.discard();
    }
  });

  it('stays when another service on the folder, which has its own database, has taken it over and the first one stops', async () => {
    second = await startSecond(first, {}, first.home);
    expect(publishedAddress(first.home)).toBe(second.url);
    expect(await first.stop({ keepHome: true })).toBe(0);
    expect(publishedAddress(first.home)).toBe(second.url);
  });

  it.each(['', '{', '[]', 'null', '{"url":1}', '{"url":"http://127.0.0.1:1","pid":0,"birth":""}'])(
    'is none where the file holds %p',
    (text) => {
      const home = mkdtempSync(join(tmpdir(), 'velro-tour-'));
      writeFileSync(fileIn(home), text);
      expect(publishedAddress(home)).toBeNull();
      rmSync(home, { recursive: true });
    },
  );
});
