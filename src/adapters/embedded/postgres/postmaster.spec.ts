import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clusterOf, EmbeddedFolders } from '../../../../test/support/process/embedded-folder.js';
import { PostgresCluster } from './postgres-cluster.js';
import { ownSpace } from './process-space.js';

describe('the file of a postmaster that is not among our processes', () => {
  const folders = new EmbeddedFolders();
  afterAll(() => folders.remove());
  let [home, pidFile, spaceFile, left] = ['', '', '', ''];
  beforeAll(async () => {
    home = folders.prepared();
    pidFile = join(clusterOf(home), 'data', 'postmaster.pid');
    spaceFile = join(clusterOf(home), 'postmaster-space.json');
    const cluster = await PostgresCluster.open(home);
    const [, ...rest] = readFileSync(pidFile, 'utf8').split('\n');
    await cluster.stop();
    // Of our own parent: PostgreSQL would take it for its predecessor.
    left = [process.pid, ...rest].join('\n');
  });

  it('is kept, and the start refused, when it was started in another PID namespace of this boot', async () => {
    writeFileSync(pidFile, left);
    writeFileSync(spaceFile, JSON.stringify({ ...ownSpace(), pids: 'pid:[1]' }));
    await expect(PostgresCluster.open(home)).rejects.toThrow(
      /was started in another container .* remove .*postmaster\.pid$/,
    );
    expect(readFileSync(pidFile, 'utf8')).toBe(left);
  });

  it.each([
    ['in our own namespace', () => ownSpace()],
    ['before the machine restarted', () => ({ boot: 'before', pids: 'pid:[1]' })],
  ])('is removed when it was started %s, where it runs no more', async (_title, space) => {
    writeFileSync(pidFile, left);
    writeFileSync(spaceFile, JSON.stringify(space()));
    const cluster = await PostgresCluster.open(home);
    expect(JSON.parse(readFileSync(spaceFile, 'utf8'))).toEqual(ownSpace());
    await cluster.stop();
    expect(existsSync(pidFile)).toBe(false);
  });

  it('is left to PostgreSQL when nothing says where it was started', async () => {
    rmSync(spaceFile);
    writeFileSync(pidFile, left.replace(/^\d+/, '4000000'));
    const cluster = await PostgresCluster.open(home);
    await cluster.stop();
    expect(existsSync(pidFile)).toBe(false);
  });
});
