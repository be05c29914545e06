import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { startSecond } from '../support/process/second-instance.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { HttpSiemServer } from '../support/siem/siem-server.js';
import { allStored, storedIds } from '../support/siem/stored-events.js';

const provoke = async (service: Service, count: number): Promise<void> => {
  for (let round = 0; round < count; round++)
    await service
      .visitor(`127.72.${Math.floor(round / 200)}.${round % 200}`)
      .call('/api/v1/auth/session', { token: 'invalid-token' });
};

const cursorIsBehind = async (home: string): Promise<boolean> => {
  const rows = await ask(
    home,
    'select from velro.siem_export s where exists (select from velro.security_events e where e.position > s.position)',
  );
  return rows.length > 0;
};

/** Repetitions are left out, the first of each stays. */
const once = (ids: readonly string[]): string[] => [...new Set(ids)];

describe('the export to the SIEM', () => {
  const folders = new EmbeddedFolders();
  let siem: HttpSiemServer;
  const running: Service[] = [];
  afterEach(async () => {
    for (const service of running.splice(0).reverse()) await service.discard();
    await siem.stop();
  });
  afterAll(async () => {
    await folders.remove();
  });

  it('sends what it was sending at a kill -9 again, under the same ids, and loses nothing', async () => {
    siem = await HttpSiemServer.start();
    const home = folders.prepared();
    const killed = await Service.start({ SIEM_URL: siem.url }, home);
    siem.fault = 'late';
    await provoke(killed, 20);
    // Taken, and not acknowledged: the cursor stands before it.
    await until(() => siem.late > 0 && siem.ids.length > 0, 'a batch in the hands of the SIEM');
    const inHands = [...siem.ids];
    await killed.kill();
    expect(await cursorIsBehind(home)).toBe(true);
    siem.release();
    siem.fault = 'none';
    // The lease of a killed instance ends after a minute; the time does not matter here.
    await ask(home, 'update velro.siem_export set due_at = now()');
    const service = await Service.start({ SIEM_URL: siem.url }, home);
    running.push(service);
    await provoke(service, 5);
    await allStored(service);
    await until(async () => {
      const stored = await storedIds(home);
      return stored.every((id) => siem.ids.includes(id)) && !(await cursorIsBehind(home));
    }, 'an export of all');
    for (const id of inHands) expect(siem.ids.filter((one) => one === id)).toHaveLength(2);
    expect(once(siem.ids)).toEqual(await storedIds(home));
  });

  it('is done by one of two instances, in order, also of what the other one records, and by the other when one is killed', async () => {
    siem = await HttpSiemServer.start();
    const first = await Service.start({ SIEM_URL: siem.url });
    running.push(first);
    const second = await startSecond(first, { SIEM_URL: siem.url });
    running.push(second);
    await Promise.all([provoke(first, 30), provoke(second, 30)]);
    await Promise.all([allStored(first), allStored(second)]);
    await until(async () => {
      const stored = await storedIds(first.home);
      return stored.length > 60 && stored.every((id) => siem.ids.includes(id));
    }, 'an export of all');
    expect(siem.ids).toEqual(await storedIds(first.home));
    await second.kill();
    await ask(first.home, 'update velro.siem_export set due_at = least(due_at, now())');
    await provoke(first, 5);
    await allStored(first);
    await until(async () => {
      const stored = await storedIds(first.home);
      return stored.every((id) => siem.ids.includes(id));
    }, 'an export of the rest');
    expect(once(siem.ids)).toEqual(await storedIds(first.home));
  });
});
