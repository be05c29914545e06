import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataExportPolicy } from '../../config/policy/privacy/export.js';
import { ask } from '../support/database/database.js';
import { isFullFaults } from '../support/generations/fault-kills.js';
import { makeDue, untilErased } from '../support/privacy/erasing.js';
import { unzipped } from '../support/privacy/unzipped.js';
import { withPolicy } from '../support/process/policy.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

// The parts of a service have twenty times as many rows: `npm run test:faults` makes those.
const partRows = isFullFaults ? dataExportPolicy.partRows : 1000;
const env = {
  RATE_LIMIT_API_STANDARD: '100000/minute',
  ...withPolicy({
    dataExportPolicy: { partRows, idleLookEveryMs: 500, lookEveryMs: 500 },
    accountDeletionPolicy: { idleLookEveryMs: 500, lookEveryMs: 500, waitSeconds: 1 },
  }),
};
/** More than two parts have. */
const many = partRows * 2.25;

const objectsOf = ({ home }: Service): string[] => {
  const folder = join(home, 'objects', 'exports');
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
    : [];
};

describe('an export of very many rows', () => {
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start(env);
    ada = await signUp(service);
    await ask(
      service.home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost, status, deadline_at, due_at)
       select gen_random_uuid(), $1, 'velro/canvas', 'fog ' || n, 0, 'completed', now(), now() from generate_series(1, $2::int) n`,
      [ada.id, many],
    );
    // What the autovacuum would do in time: plans know how many there are.
    await ask(service.home, 'analyze velro.generations');
  });
  afterAll(() => service.discard());

  const post = () => ada.visitor.call('/api/v1/privacy/export', { method: 'POST', token: ada.token });
  const get = (id: string) => ada.visitor.call(`/api/v1/privacy/export/${id}`, { token: ada.token });
  const parts = (id: string) =>
    ask<{ number: number; xmin: string }>(
      service.home,
      'select number, xmin::text from velro.data_export_parts where export_id = $1 order by number',
      [id],
    );
  const killed = async (): Promise<void> => {
    await service.kill();
    await ask(
      service.home,
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'velro_app'`,
    );
    service = await Service.start(env, service.home);
    ada = { ...ada, visitor: service.visitor() };
    await ask(service.home, 'update velro.data_exports set work_at = now() where work_at is not null');
  };

  it('whose worker is killed goes on behind the last whole part, and has each row once', async () => {
    const { id } = (await post()).json as { id: string };
    await until(async () => (await parts(id)).length === 1, 'the first part');
    const first = await parts(id);
    await killed();
    await until(async () => (await get(id)).json.state === 'ready', 'the export');
    const all = await parts(id);
    expect(all.map(({ number }) => number)).toEqual([1, 2, 3]);
    // The first part was not made again.
    expect(all[0]).toEqual(first[0]);
    const ids = new Set<string>();
    let rows = 0;
    const names: string[] = [];
    for (const { url } of (await get(id)).json.parts as { url: string }[]) {
      const files = await unzipped((await service.visitor().call(url)).bytes);
      for (const [name, content] of files) {
        names.push(name);
        if (!/^data\/generations(\.\d+)?\.json$/.test(name)) continue;
        for (const row of JSON.parse(content.toString()) as { id: string }[]) {
          ids.add(row.id);
          rows++;
        }
      }
    }
    expect([rows, ids.size]).toEqual([many, many]);
    // Unpacked into one folder, no part replaces what another has.
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name === 'index.html')).toHaveLength(1);
    expect(objectsOf(service).toSorted()).toEqual(['1.zip', '2.zip', '3.zip']);
  });

  it('ends with the account, and leaves no part', async () => {
    const { id } = (await post()).json as { id: string };
    await until(async () => (await parts(id)).length === 1, 'the first part');
    expect(
      (await ada.visitor.call('/api/v1/privacy/delete', { method: 'POST', token: ada.token })).status,
    ).toBe(202);
    await makeDue(service, ada.id);
    await untilErased(service, ada.id);
    expect(await ask(service.home, 'select from velro.data_exports')).toEqual([]);
    await until(() => objectsOf(service).length === 0, 'no object');
  });
});
