import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InstanceLock } from './instance-lock.js';
import { processBirth } from './postgres/process-identity.js';
import { ownSpace } from './postgres/process-space.js';

const module = new URL('../../../dist/src/adapters/embedded/instance-lock.js', import.meta.url).href;

const unshares = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
const inNamespace = unshares ? it : it.skip;
const unless = unshares ? '' : '(skipped: unshare may make no PID namespace here)';

describe('the lock of a VELRO_HOME', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'velro-lock-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true });
  });

  it('refuses a second holder and is free after the release, any number of times, without growing', () => {
    for (let times = 0; times < 30; times++) {
      const lock = InstanceLock.take(home);
      expect(() => InstanceLock.take(home)).toThrow(`another instance (process ${process.pid})`);
      lock.release();
    }
    expect(readdirSync(join(home, 'instance-lock'))).toHaveLength(1);
  });

  it.each([
    '',
    '{',
    '{"pid":-1,"birth":""}',
    '{"pid":0,"birth":""}',
    'null',
    `{"pid":${process.pid},"birth":"1"}`,
  ])('is free when it holds %j', (text) => {
    InstanceLock.take(home).release();
    writeFileSync(join(home, 'instance-lock', '1'), text);
    expect(() => InstanceLock.take(home)).not.toThrow();
  });

  /** A holder whose process is alive by our own list of processes, or not at all. */
  const write = (holder: object): void => {
    rmSync(join(home, 'instance-lock'), { recursive: true, force: true });
    InstanceLock.take(home).release();
    writeFileSync(join(home, 'instance-lock', '1'), JSON.stringify({ ...ownSpace(), ...holder }));
  };
  const alive = { pid: process.pid, birth: processBirth(process.pid) };
  const dead = { pid: 4_000_000, birth: '1' };

  it('is held by a process of another PID namespace of this boot, whether its id is in use here or not', () => {
    for (const holder of [alive, dead]) {
      write({ ...holder, pids: 'pid:[1]' });
      expect(() => InstanceLock.take(home)).toThrow('another instance, in another container');
    }
    rmSync(join(home, 'instance-lock'), { recursive: true });
    expect(() => InstanceLock.take(home)).not.toThrow();
  });

  it('is free when its holder is of another boot, whose id and birth another process has now', () => {
    for (const pids of [ownSpace().pids, 'pid:[1]']) {
      write({ ...alive, boot: 'before', pids });
      expect(() => InstanceLock.take(home)).not.toThrow();
    }
  });

  it('is free when a holder of another namespace has released it', () => {
    write({ pid: 0, birth: '', pids: 'pid:[1]' });
    expect(() => InstanceLock.take(home)).not.toThrow();
  });

  inNamespace(`is refused to a process in a real PID namespace of its own ${unless}`, () => {
    const take = `const { InstanceLock } = await import('${module}');
      try { InstanceLock.take(process.argv[1]); console.log('taken'); } catch (error) { console.log(error.message); }`;
    const within = (): string =>
      execFileSync(
        'unshare',
        ['--pid', '--fork', '--mount-proc', process.execPath, '--input-type=module', '-e', take, home],
        { encoding: 'utf8' },
      );
    const lock = InstanceLock.take(home);
    expect(within()).toContain('another instance, in another container');
    lock.release();
    expect(within()).toBe('taken\n');
    // It ended without a release, and nobody out here can know that it did.
    expect(() => InstanceLock.take(home)).toThrow('another instance, in another container');
  });

  it('is taken by exactly one of many processes that find a dead holder concurrently', async () => {
    const rounds = 60;
    // Each round has its own folder with a dead holder; all contenders enter it at the same tick of the clock.
    const code = `const { InstanceLock } = await import('${module}');
      const { writeFileSync } = await import('node:fs');
      process.stdout.write('ready');
      const start = await new Promise((resolve) => process.stdin.once('data', (text) => resolve(Number(text))));
      for (let round = 0; round < ${rounds}; round++) {
        while (Date.now() < start + round * 10);
        try { InstanceLock.take(${JSON.stringify(home)} + '/' + round); process.stdout.write(' ' + round + ';'); } catch {}
      }
      setTimeout(() => {}, 60_000);`;
    for (let round = 0; round < rounds; round++) InstanceLock.take(join(home, String(round))).release();
    const contenders = Array.from({ length: 6 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const contender = { child, printed: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (contender.printed += text));
      return contender;
    });
    const printed = (): string => contenders.map((contender) => contender.printed).join(' ');
    try {
      for (let ready = false; !ready; ready = contenders.every((one) => one.printed.startsWith('ready')))
        await new Promise((resolve) => setTimeout(resolve, 20));
      for (const { child } of contenders) child.stdin.write(String(Date.now() + 200));
      await new Promise((resolve) => setTimeout(resolve, 200 + rounds * 10 + 1000));
      const winners =
        printed()
          .match(/\d+(?=;)/g)
          ?.map(Number) ?? [];
      expect(winners.sort((a, b) => a - b)).toEqual(Array.from({ length: rounds }, (_, round) => round));
    } finally {
      for (const { child } of contenders) child.kill('SIGKILL');
    }
  });
});
