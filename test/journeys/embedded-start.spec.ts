import { existsSync, readFileSync, renameSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Customer } from '../support/fal/fal-service.js';
import { portBelowOutgoing } from '../support/process/free-port.js';
import { EmbeddedFolders, runningIn } from '../support/process/embedded-folder.js';
import { databasePid, Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const folders = new EmbeddedFolders();
const held: Server[] = [];
afterEach(() => {
  for (const server of held.splice(0)) server.close();
});
afterAll(() => folders.remove());

const hold = (port: number): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', resolve);
    held.push(server);
  });
const errorsOf = (service: Service): string[] =>
  service
    .lines()
    .filter(({ level }) => level === 'error')
    .map(({ msg }) => msg);

describe('a start that fails', () => {
  it('on a port in use says so in one line, exits 1 within seconds and has started nothing', async () => {
    const [port, home] = [await portBelowOutgoing(), folders.make()];
    await hold(port);
    const began = performance.now();
    const service = Service.launch({ PORT: String(port) }, home);
    expect(await service.exited()).toBe(1);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(service.printed.trim().split('\n')).toHaveLength(1);
    expect(errorsOf(service)).toEqual([`port ${port} is in use: stop what uses it, or set PORT`]);
    expect(existsSync(join(home, 'postgres'))).toBe(false);
  });

  it('because its port was taken meanwhile closes what was opened, and exits 1', async () => {
    const [port, home] = [await portBelowOutgoing(), folders.make()];
    const service = Service.launch({ PORT: String(port) }, home);
    await until(() => databasePid(home) !== null, 'a database');
    await hold(port);
    const ended = await until(
      () =>
        service.exited(20).then(
          () => true,
          () => false,
        ),
      'an end',
    );
    expect([await service.exited(), runningIn(home)]).toEqual([1, []]);
    expect(errorsOf(service)).toContain(`port ${port} is in use: stop what uses it, or set PORT`);
    expect(ended).toBeLessThan(60_000);
  });

  it('because its database does not answer closes what was opened, and exits 1', async () => {
    const home = folders.prepared();
    const DATABASE_URL = `postgres://velro_app:none@127.0.0.1:${await portBelowOutgoing()}/velro`;
    const service = Service.launch({ DATABASE_URL }, home);
    expect([await service.exited(), runningIn(home)]).toEqual([1, []]);
    expect(errorsOf(service)).toContain('the service did not start');
  });
});

describe('what a start prints', () => {
  it('is a line for each step with its milliseconds, and for machines the place of the sign-in, not the sign-in', async () => {
    const home = folders.make();
    const service = await Service.start({ LOG_LEVEL: 'info' }, home);
    await service.stop({ keepHome: true });
    const steps = service.lines().filter(({ msg }) => msg.startsWith('BOOT '));
    expect(steps.map(({ msg }) => msg.replace(/\d+/, 'N'))).toEqual([
      'BOOT starting as test',
      'BOOT PostgreSQL cluster created',
      'BOOT PostgreSQL started',
      'BOOT N migrations applied',
      'BOOT identity service started',
      'BOOT application made',
      'BOOT connections opened, listening',
    ]);
    for (const { ms } of steps) expect(ms).toEqual(expect.any(Number));
    const place = join(home, 'secrets.json');
    expect(service.lines().map(({ msg }) => msg)).toContain(
      `operator sign-in: operator, password in ${place}`,
    );
    expect(service.printed).not.toContain(passwordIn(home));

    // None has shown it so far: neither that start, nor one that is killed before its banner.
    const killed = Service.launch({ LOG_FORMAT: 'pretty' }, home);
    await until(() => databasePid(home) !== null, 'a database');
    await killed.kill();
    expect(killed.printed).not.toContain(passwordIn(home));
    expect(await bannerOf(home)).toContain(`shown this once: operator / ${passwordIn(home)}`);
    const again = await bannerOf(home);
    expect(again).toContain(`operator sign-in: operator, password in ${place}`);
    expect(again).not.toContain(passwordIn(home));
  });

  const passwordIn = (home: string): string =>
    (JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as { ADMIN_PASS: string }).ADMIN_PASS;
  const bannerOf = async (home: string): Promise<string> => {
    const service = Service.launch({ LOG_FORMAT: 'pretty' }, home);
    await until(() => service.printed.includes('Ctrl-C drains'), 'a banner');
    await service.stop({ keepHome: true });
    return service.printed;
  };
});

describe('Ctrl-C', () => {
  it.each([1, 2])('%i times prints no warning and no stack, and exits 0', async (times) => {
    const service = await Service.start({ LOG_LEVEL: 'info' }, folders.prepared(), { detached: true });
    const { visitor } = await signUp(service);
    expect((await visitor.call('/health')).status).toBe(200);
    const before = service.lines().length;
    for (let time = 0; time < times; time++) {
      process.kill(-service.pid, 'SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await service.exited()).toBe(0);
    const after = service.lines().slice(before);
    expect(after.filter(({ level }) => level !== 'info')).toEqual([]);
    expect(after.map(({ msg }) => msg)).toContain('SECURITY-EVENT SYSTEM stopping');
    expect(service.printed).not.toMatch(/Warning|^ {4}at /m);
  });

  it('while pictures are submitted, painted and watched warns of nothing and exits 0', async () => {
    const service = await Service.start({ LOG_LEVEL: 'info' }, folders.prepared(), { detached: true });
    const ada = new Customer(await signUp(service));
    const first = await ada.create({ model_id: 'velro/canvas', prompt: 'a fox in a snowy forest' });
    const { visitor, token } = ada.account;
    const watching = visitor
      .events(`/api/v1/generations/${String(first.json.id)}/events`, token)
      .catch(() => null);
    const before = service.lines().length;
    // Some of them are accepted, queued or submitted when the signal comes.
    const creating = Array.from({ length: 6 }, () =>
      ada.create({ model_id: 'velro/canvas', prompt: 'a castle at dusk' }).catch(() => null),
    );
    await Promise.race(creating);
    process.kill(-service.pid, 'SIGINT');
    expect(await service.exited()).toBe(0);
    await Promise.all([watching, ...creating]);
    const after = service.lines().slice(before);
    expect(after.filter(({ level }) => level !== 'info').map(({ msg }) => msg)).toEqual([]);
    expect(service.printed).not.toMatch(/Warning|^ {4}at /m);
  });
});

describe('a VELRO_HOME whose secrets.json is lost', () => {
  it('is refused with what to do, makes no new secrets, and works again once the file is back', async () => {
    const home = folders.prepared();
    const file = join(home, 'secrets.json');
    const first = await Service.start({}, home);
    const { email } = await signUp(first);
    await first.stop({ keepHome: true });
    renameSync(file, `${file}.lost`);
    const refused = Service.launch({}, home);
    expect(await refused.exited()).toBe(1);
    expect(refused.printed).toMatch(
      /^ {2}VELRO_HOME: has a database, and its secrets\.json is gone, .*Restore that file/m,
    );
    expect([existsSync(file), runningIn(home)]).toEqual([false, []]);
    renameSync(`${file}.lost`, file);
    const again = await Service.start({}, home);
    const body = { email, password: 'tall-otter-paints-9-quiet-bridges' };
    expect((await again.visitor().call('/api/v1/auth/login', { body })).status).toBe(200);
    await again.stop();
  });
});
