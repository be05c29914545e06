import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { clusterOf, EmbeddedFolders, lockOf, runningIn } from '../support/process/embedded-folder.js';
import { faultKills } from '../support/generations/fault-kills.js';
import { environmentOf, gone, identityOf, processOf } from '../support/process/embedded-processes.js';
import { until } from '../support/process/wait-until.js';
import { databasePid, password, Service, signUp, type Account } from '../support/process/service.js';

const folders = new EmbeddedFolders();
afterAll(() => folders.remove());

const pidOf = (home: string): number => databasePid(home) ?? 0;
const login = (service: Service, { email }: Account) =>
  service.visitor().call('/api/v1/auth/login', { body: { email, password } });
const errorsOf = (service: Service) => service.lines().filter(({ level }) => level === 'error');

describe('one VELRO_HOME', () => {
  const home = folders.make();
  let service: Service;
  let ada: Account;
  afterAll(() => service.stop({ keepHome: true }));

  it('is created at the first start; SIGTERM stops all, and the next start has the data', async () => {
    service = await Service.start({}, home);
    ada = await signUp(service);
    const [database, identity] = [pidOf(home), identityOf(service.pid)];
    expect([processOf(database)?.session, processOf(identity)?.session]).toEqual([database, identity]);
    expect(await service.stop({ keepHome: true })).toBe(0);
    expect([processOf(database), processOf(identity), runningIn(home)]).toEqual([null, null, []]);
    expect(existsSync(join(clusterOf(home), 'data', 'postmaster.pid'))).toBe(false);

    service = await Service.start({}, home);
    expect((await login(service, ada)).status).toBe(200);
  });

  it('keeps its secrets off command lines and environments, and in files that only their owner reads', async () => {
    const secrets = [join(home, 'secrets.json'), join(clusterOf(home), 'passwords.json')]
      .flatMap((path) => Object.values(JSON.parse(readFileSync(path, 'utf8')) as object))
      .filter((value) => typeof value === 'string');
    expect(secrets.length).toBeGreaterThan(6);
    const shown = [pidOf(home), identityOf(service.pid)]
      .map((pid) => `${processOf(pid)?.command.join(' ') ?? ''} ${environmentOf(pid)}`)
      .join('\n');
    for (const secret of secrets) expect(shown).not.toContain(secret);
    expect(shown).toContain('supabase-lite.child.js');
    for (const path of [
      join(home, 'secrets.json'),
      join(home, 'identity.log'),
      lockOf(home),
      ...['passwords.json', 'postgres.log'].map((name) => join(clusterOf(home), name)),
    ])
      expect([path, statSync(path).mode & 0o777]).toEqual([path, 0o600]);
    await signUp(service).then(({ email, visitor }) =>
      visitor.call('/api/v1/auth/register', { body: { email, password } }),
    );
    expect(readFileSync(join(clusterOf(home), 'postgres.log'), 'utf8')).not.toContain('@example.com');
  });

  it('killed -9 leaves its database running, loses its identity process, and is adopted by the next start', async () => {
    const [database, identity] = [pidOf(home), identityOf(service.pid)];
    await service.kill();
    await until(gone(identity), 'an end of the identity process');
    expect(processOf(database)).not.toBeNull();
    service = await Service.start({}, home);
    expect(pidOf(home)).toBe(database);
    expect((await login(service, ada)).status).toBe(200);
    const session = await service.visitor().call('/api/v1/auth/session', { token: ada.token });
    expect(session.status).toBe(200);
  });

  it('refuses a second instance with one sentence that names the first, which keeps running', async () => {
    const second = Service.launch({}, home);
    expect(await second.exited()).toBe(1);
    expect(errorsOf(second).map(({ msg }) => msg)).toEqual([
      `another instance (process ${service.pid}) is using ${home}: stop it, or set VELRO_HOME to another folder`,
    ]);
    expect((await login(service, ada)).status).toBe(200);
  });

  it('is locked by exactly one of three concurrent starts after a kill, and the others harm nothing', async () => {
    await service.kill();
    const three = [0, 1, 2].map(() => Service.launch({}, home));
    const codes = await Promise.all(
      three.map(async (one) => {
        const listening = one.untilListening().then(
          () => null,
          () => one.exited(),
        );
        return listening;
      }),
    );
    expect([...codes].sort()).toEqual([1, 1, null]);
    service = three[codes.indexOf(null)] ?? service;
    expect((await login(service, ada)).status).toBe(200);
    for (const loser of three.filter((one) => one !== service))
      expect(errorsOf(loser).map(({ msg }) => msg)).toEqual([
        expect.stringContaining(`another instance (process ${service.pid})`),
      ]);
  });

  it('recovers when database and service were killed -9 and their ids belong to others by now', async () => {
    const database = pidOf(home);
    // The service first: it would start another database, and take the file of the dead one away.
    await service.kill();
    process.kill(database, 'SIGKILL');
    await until(gone(database), 'an end of the database');
    const pidFile = join(clusterOf(home), 'data', 'postmaster.pid');
    const [, ...rest] = readFileSync(pidFile, 'utf8').split('\n');
    // PostgreSQL itself takes a living process of its own user for its predecessor.
    const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
      ...(process.getuid?.() === 0 ? { uid: statSync(pidFile).uid } : {}),
      cwd: '/',
      stdio: 'ignore',
    });
    writeFileSync(pidFile, [String(stranger.pid), ...rest].join('\n'));
    writeFileSync(lockOf(home), JSON.stringify({ pid: process.pid, birth: 'long ago' }));
    try {
      service = await Service.start({}, home);
      expect([process.pid, stranger.pid, database]).not.toContain(pidOf(home));
      expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
    } finally {
      stranger.kill('SIGKILL');
    }
    expect((await login(service, ada)).status).toBe(200);
  });

  it('drains and stops cleanly when Ctrl-C hits its whole process group, even twice', async () => {
    await service.stop({ keepHome: true });
    service = await Service.start({}, home, { detached: true });
    const eve = await signUp(service);
    const [database, identity] = [pidOf(home), identityOf(service.pid)];
    const answer = eve.visitor.call('/api/v1/generations', {
      token: eve.token,
      body: { model_id: 'velro/canvas', prompt: 'a harbour at night', parameters: {} },
    });
    const { json } = await answer;
    process.kill(-service.pid, 'SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.kill(-service.pid, 'SIGINT');
    expect(await service.exited()).toBe(0);
    expect([processOf(database), processOf(identity), runningIn(home)]).toEqual([null, null, []]);
    expect(errorsOf(service)).toEqual([]);
    expect(readFileSync(join(clusterOf(home), 'postgres.log'), 'utf8')).not.toMatch(
      /not properly shut down$/,
    );

    service = await Service.start({}, home);
    const events = await service.visitor().events(`/api/v1/generations/${json.id}/events`, eve.token);
    expect(events.at(-1)?.event).toBe('completed');
  });
});

describe('a first start', () => {
  it('is completed by the next start, wherever it was killed repeatedly', async () => {
    const home = folders.make();
    mkdirSync(join(home, 'postgres', 'data.new'), { recursive: true });
    writeFileSync(join(home, 'postgres', 'data.new', 'PG_VERSION'), '18\n');
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const databaseRuns = (): boolean =>
      runningIn(home).some(({ command }) => command.includes(join(clusterOf(home), 'data')));
    const cuts = [
      () => pause(300 + Math.random() * 400),
      () => pause(700 + Math.random() * 400),
      // Just when the database answers for the first time: between two migrations, or within one.
      () => until(databaseRuns, 'a database').then(() => pause(Math.random() * 500)),
      ...Array.from({ length: Math.min(faultKills(1), 3) }, () => () => pause(500 + Math.random() * 700)),
    ];
    for (const cut of cuts) {
      const service = Service.launch({}, home);
      await cut();
      await service.kill();
    }
    const service = await Service.start({}, home);
    await signUp(service);
    expect(await service.stop({ keepHome: true })).toBe(0);
    await until(() => runningIn(home).length === 0, 'nothing left running');
    expect(readdirSync(clusterOf(home)).sort()).toEqual([
      'data',
      'passwords.json',
      'postgres.log',
      'postmaster-space.json',
    ]);
  });

  it('ends by itself and leaves nothing running after Ctrl-C during the creation of the cluster', async () => {
    const home = folders.make();
    const service = Service.launch({}, home, { detached: true });
    await until(() => runningIn(home).some(({ command }) => command[0]?.endsWith('/initdb')), 'initdb');
    await new Promise((resolve) => setTimeout(resolve, 250));
    process.kill(-service.pid, 'SIGINT');
    expect(await service.exited()).toBe(0);
    expect(runningIn(home)).toEqual([]);
  });

  it('works in a folder with blanks, quotes, other scripts and a long name, by a relative path through a link', async () => {
    const parent = folders.make();
    const home = join(parent, `it's "ours" \\ $HOME; 写真 ${'long '.repeat(30)}`.trim(), 'x'.repeat(200));
    mkdirSync(home, { recursive: true });
    symlinkSync(home, join(parent, 'link'));
    const first = await Service.start({ VELRO_HOME: './link' }, parent);
    const database = pidOf(home);
    expect(database).toBeGreaterThan(0);
    const ada = await signUp(first);
    await first.kill();
    const second = await Service.start({}, realpathSync(home));
    expect(pidOf(home)).toBe(database);
    expect((await login(second, ada)).status).toBe(200);
    expect(await second.stop({ keepHome: true })).toBe(0);
  });

  it('reports in one sentence what is wrong with the folder, and exits with 1', async () => {
    const home = folders.make();
    const cluster = join(home, 'postgres');
    const refusal = async (): Promise<string> => {
      const service = Service.launch({}, home);
      expect(await service.exited()).toBe(1);
      expect(errorsOf(service)).toHaveLength(1);
      return errorsOf(service)[0]?.msg ?? '';
    };
    mkdirSync(join(cluster, 'data', 'precious'), { recursive: true });
    expect(await refusal()).toContain(`${cluster}/data holds something that is no PostgreSQL cluster`);
    expect(existsSync(join(cluster, 'data', 'precious'))).toBe(true);
    renameSync(join(cluster, 'passwords.json'), join(cluster, 'passwords.json.lost'));
    writeFileSync(join(cluster, 'data', 'PG_VERSION'), '18\n');
    expect(await refusal()).toContain('passwords.json is missing or damaged');
    renameSync(join(cluster, 'passwords.json.lost'), join(cluster, 'passwords.json'));
    expect(await refusal()).toMatch(/^PostgreSQL did not start: .*; see .*postgres\.log$/);
    rmSync(cluster, { recursive: true });
    writeFileSync(cluster, 'a file');
    expect(await refusal()).toMatch(/^the embedded default cannot use /);
  });
});
