import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { clusterOf, EmbeddedFolders, runningIn } from '../../../../test/support/process/embedded-folder.js';
import { gone, processOf } from '../../../../test/support/process/embedded-processes.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { databasePid, Service, signUp } from '../../../../test/support/process/service.js';
import { copyBinaries, shippedBinaries } from './postgres-binaries.js';
import { findPlace } from './postgres-place.js';

const asRoot = process.getuid?.() === 0 ? it : it.skip;
const nobody = 65_534;
const folders = new EmbeddedFolders();
afterAll(() => folders.remove());

const filesBelow = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).sort();
const runAsNobody = (program: string): string =>
  execFileSync(program, ['--version'], { uid: nobody, gid: nobody, cwd: '/', env: {}, encoding: 'utf8' });

describe('the place of the database', () => {
  const elsewhere = '/var/lib/velro';
  const unreachable = (): string => {
    const home = join(folders.make({ mode: 0o700 }), 'home');
    mkdirSync(home);
    return home;
  };

  asRoot(
    'for root, below a folder that others cannot enter, is noted in VELRO_HOME, adopted after a kill, and an orphan is removed by another',
    async () => {
      const had = existsSync(elsewhere) ? readdirSync(elsewhere) : null;
      const home = unreachable();
      try {
        let service = await Service.start({}, home);
        const cluster = clusterOf(home);
        expect(cluster).toMatch(/^\/var\/lib\/velro\/cluster-[0-9a-f]{12}$/);
        expect(readFileSync(join(cluster, 'home'), 'utf8')).toBe(home);
        const database = databasePid(home) ?? 0;
        await service.kill();
        service = await Service.start({}, home);
        expect(databasePid(home)).toBe(database);
        await signUp(service);
        expect(await service.stop({ keepHome: true })).toBe(0);
        expect(processOf(database)).toBeNull();

        service = await Service.start({}, home);
        const left = databasePid(home) ?? 0;
        await service.kill();
        // A copy of a VELRO_HOME has the same note; it gets a cluster of its own.
        const copy = unreachable();
        cpSync(home, copy, { recursive: true });
        expect((await findPlace(copy)).cluster).not.toBe(cluster);
        expect([processOf(left) === null, existsSync(cluster)]).toEqual([false, true]);
        rmSync(home, { recursive: true });
        await findPlace(unreachable());
        expect(existsSync(cluster)).toBe(false);
        await until(gone(left), 'an end of the orphan');
      } finally {
        for (const name of existsSync(elsewhere) ? readdirSync(elsewhere) : [])
          if (had?.includes(name) !== true) rmSync(join(elsewhere, name), { recursive: true });
        if (had === null) rmdirSync(elsewhere);
      }
    },
  );

  asRoot('for root, with binaries that others cannot reach, is a copy that every user can run', async () => {
    const checkout = folders.make({ mode: 0o700 });
    const elsewhere = join(folders.make(), 'lib', 'velro');
    const shipped = join(checkout, 'native');
    // Hard links, as many files and no bytes.
    execFileSync('cp', ['-al', dirname(shippedBinaries()) + '/.', checkout]);
    chmodSync(checkout, 0o700);
    const before = process.umask(0o077);
    try {
      const home = folders.make();
      const { binaries, cluster, user } = await findPlace(home, shipped, elsewhere);
      expect([dirname(binaries), cluster, user === null]).toEqual([elsewhere, join(home, 'postgres'), false]);
      expect(filesBelow(binaries)).toEqual(filesBelow(shipped));
      expect(runAsNobody(join(binaries, 'bin', 'postgres'))).toMatch(/^postgres \(PostgreSQL\) 18\./);
      expect((await findPlace(home, shipped, elsewhere)).binaries).toBe(binaries);
    } finally {
      process.umask(before);
    }
  });

  it('has a complete copy of the binaries or none when the copying is killed', async () => {
    const target = folders.make();
    const module = new URL(
      '../../../../dist/src/adapters/embedded/postgres/postgres-binaries.js',
      import.meta.url,
    ).href;
    const code = `const { copyBinaries, shippedBinaries } = await import('${module}');
      process.stdout.write('copying'); copyBinaries(shippedBinaries(), '${target}');`;
    let cut = 0;
    for (let times = 0; times < 3; times++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      await until(
        () =>
          readdirSync(target).some((name) => name.startsWith('copying-') || name.startsWith('postgresql')),
        'a copy',
      );
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
      if (!readdirSync(target).some((name) => name.startsWith('postgresql-'))) cut++;
    }
    expect(cut).toBeGreaterThan(0);
    const shipped = shippedBinaries();
    const binaries = copyBinaries(shipped, target);
    expect(filesBelow(binaries)).toEqual(filesBelow(shipped));
    expect(readdirSync(target)).toHaveLength(1);
  });

  asRoot('for root leaves the rights of a folder that it was given as they are', async () => {
    const home = folders.make();
    chmodSync(home, 0o1777);
    await findPlace(home);
    expect(statSync(home).mode & 0o7777).toBe(0o1777);
  });

  asRoot('for a plain user is VELRO_HOME itself, and nothing needs root', async () => {
    const home = folders.make({ mode: 0o700, owner: nobody });
    const service = await Service.start({}, home, { uid: nobody, gid: nobody });
    const database = databasePid(home) ?? 0;
    expect(statSync(`/proc/${database}`).uid).toBe(nobody);
    expect(statSync(join(home, 'postgres', 'data')).uid).toBe(nobody);
    await signUp(service);
    expect(await service.stop({ keepHome: true })).toBe(0);
    expect(runningIn(home)).toEqual([]);
    expect(readdirSync(join(home, 'postgres')).sort()).toEqual([
      'data',
      'passwords.json',
      'postgres.log',
      'postmaster-space.json',
    ]);
  });
});
