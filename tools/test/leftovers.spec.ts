import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { until } from '../../test/support/process/wait-until.js';
import { endLeftovers, processesOf } from './leftovers.ts';

const describeProc = existsSync('/proc') ? describe : describe.skip;

describeProc('what the tests leave running', () => {
  it.each([
    ['by its environment', ['-e', 'setInterval(() => {}, 1000)'], true],
    ['by its command line', ['-e', 'setInterval(() => {}, 1000)', '/nowhere/velro-run-x/data'], false],
  ] as [string, string[], boolean][])(
    'is found %s and ended, and nothing else is',
    async (_, args, inEnvironment) => {
      const folder = '/nowhere/velro-run-x';
      const env = inEnvironment ? { VELRO_HOME: `${folder}/home` } : {};
      const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
      const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
        env: {},
        stdio: 'ignore',
      });
      const exited = once(child, 'exit');
      await until(() => processesOf(folder).some(({ pid }) => pid === child.pid), 'the process');
      endLeftovers(folder);
      expect((await exited)[1]).toBe('SIGKILL');
      expect([processesOf(folder), other.exitCode, other.signalCode]).toEqual([[], null, null]);
      other.kill();
    },
  );
});
