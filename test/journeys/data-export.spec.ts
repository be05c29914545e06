import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { mailsTo } from '../support/accounts/outbox.js';
import { auditedIn } from '../support/database/audit-entries.js';
import { ask } from '../support/database/database.js';
import { everything, fullPerson, type FullPerson } from '../support/privacy/full-person.js';
import { unzipped } from '../support/privacy/unzipped.js';
import { uploadBy } from '../support/storage/upload.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { exportedTables } from '../../src/features/privacy/export/export-part.js';

const path = '/api/v1/privacy/export';

describe('the export of what the service has of a person', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start(everything);
  });
  afterAll(async () => {
    await service.discard();
  });

  const post = (who: Account, token = who.token) => who.visitor.call(path, { method: 'POST', token });
  const get = (who: Account, id: string, token = who.token) => who.visitor.call(`${path}/${id}`, { token });
  const exportsOf = (who: Account) =>
    ask<{ id: string }>(service.home, 'select id from velro.data_exports where user_id = $1', [who.id]);
  const ready = async (who: Account, id: string) => {
    await until(async () => (await get(who, id)).json.state === 'ready', 'the export');
    return (await get(who, id)).json;
  };

  describe('of somebody who did everything', () => {
    let ada: FullPerson;
    let files: Map<string, Buffer>;
    const json = (name: string) =>
      JSON.parse(files.get(`data/${name}.json`)?.toString() ?? '[]') as Record<string, unknown>[];
    beforeAll(async () => {
      ada = await fullPerson(service);
      const requested = await post(ada);
      expect([requested.status, requested.json.state, requested.json.parts]).toEqual([202, 'working', []]);
      const { parts } = await ready(ada, requested.json.id);
      expect(parts).toMatchObject([{ number: 1 }]);
      const fetched = await service.visitor().call(parts[0].url);
      expect(fetched.headers['content-disposition']).toContain('velro-export-1.zip');
      expect(fetched.bytes.length).toBe(parts[0].bytes);
      files = await unzipped(fetched.bytes);
    });
    afterAll(() => ada.receiver.stop());

    it('has every table that is declared to be exported, each as JSON and as a page', () => {
      const without = ['account_deletions'];
      const names = exportedTables.map(({ table }) => table).filter((table) => !without.includes(table));
      expect(names.filter((name) => !files.has(`data/${name}.json`))).toEqual([]);
      expect(names.filter((name) => !files.has(`pages/${name}.html`))).toEqual([]);
      for (const [name, content] of files)
        if (name.endsWith('.json')) expect(() => JSON.parse(content.toString())).not.toThrow();
    });

    it('has what was written, and what was made of it', () => {
      expect(json('users')).toMatchObject([{ id: ada.id, email: ada.email, full_name: `Ada ${ada.canary}` }]);
      const generation = json('generations').find(({ id }) => id === ada.generation);
      expect(generation?.['prompt']).toContain(ada.canary);
      const [picture = ''] = generation?.['media'] as string[];
      expect(files.get(picture)?.subarray(1, 4).toString()).toBe('PNG');
      const upload = json('files').find(({ id }) => id === ada.upload);
      expect(files.get(String(upload?.['media']))?.toString()).toBe(`notes of ${ada.canary}\n`);
      expect(
        json('chat_messages')
          .map(({ text }) => String(text))
          .join(),
      ).toContain(ada.canary);
      expect(json('credit_entries').length).toBeGreaterThan(2);
    });

    it('has no secret, nothing of other people and no name that leaves its folder', async () => {
      const all = [...files.values()].map((content) => content.toString('latin1')).join('\n');
      const secrets = await ask<{ secret: string }>(
        service.home,
        `select encode(hash, 'hex') as secret from velro.api_keys where user_id = $1
         union all select encode(sealed_secret, 'hex') from velro.mfa_factors where user_id = $1
         union all select encode(secret_sealed, 'hex') from velro.webhook_endpoints where user_id = $1`,
        [ada.id],
      );
      expect(secrets).toHaveLength(3);
      for (const { secret } of secrets) expect(all).not.toContain(secret);
      expect(all).not.toContain(ada.key);
      expect(all).not.toContain('of-a-visitor');
      expect(all).not.toContain(ada.admin.id);
      for (const name of files.keys())
        expect(name).toMatch(/^(data|pages|media)\/[\w.-]+$|^index\.html$|^README\.txt$/);
    });

    it('has pages without scripts, in which nothing that was written is markup', async () => {
      const index = files.get('index.html')?.toString() ?? '';
      expect(index).toContain('href="pages/generations.html"');
      expect(files.get('pages/generations.html')?.toString()).toMatch(/<a href="\.\.\/media\/[\w-]+\.png">/);
      await ada.visitor.call('/api/v1/auth/profile', {
        method: 'PUT',
        token: ada.token,
        body: { full_name: `<img src=x onerror=alert(1)>"'&` },
      });
      const again = await ready(ada, (await post(ada)).json.id);
      const later = await unzipped((await service.visitor().call(again.parts[0].url)).bytes);
      const page = later.get('pages/users.html')?.toString() ?? '';
      expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;');
      for (const [name, content] of later)
        if (name.endsWith('.html')) expect(content.toString()).not.toMatch(/<script|<img|javascript:/i);
    });
  });

  it('says of a file in quarantine that there is one, and has not a byte of it', async () => {
    const ada = await signUp(service);
    const { json } = await uploadBy(ada, {
      name: 'a.txt',
      type: 'text/plain',
      bytes: Buffer.from('unscanned words'),
    });
    await ask(service.home, 'update velro.files set scan_due_at = now() + interval $$1 day$$ where id = $1', [
      json.id,
    ]);
    const { parts } = await ready(ada, (await post(ada)).json.id);
    const found = await unzipped((await service.visitor().call(parts[0].url)).bytes);
    expect(JSON.parse(found.get('data/files.json')?.toString() ?? '[]')).toMatchObject([
      { id: json.id, media: null },
    ]);
    expect(
      [...found].filter(
        ([name, content]) => name.startsWith('media/') || content.includes('unscanned words'),
      ),
    ).toEqual([]);
  });

  it('is asked for once, told by mail without a link, and audited with each handing out of links', async () => {
    const ada = await signUp(service);
    let id = '';
    const entries = await auditedIn(service, async () => {
      const [one, other] = await Promise.all([post(ada), post(ada)]);
      id = one.json.id;
      expect([one.status, other.status, other.json.id]).toEqual([202, 202, id]);
      await until(() => mailsTo(service.home, ada.email).length > 0, 'the mail');
      expect((await get(ada, id)).json.parts).toHaveLength(1);
    });
    expect(entries.map(({ action }) => action)).toEqual(['export.requested', 'export.links_given']);
    const [mail] = mailsTo(service.home, ada.email);
    expect(mail?.subject).toBe('Your data are ready');
    expect(mail?.text).not.toMatch(/https?:/);
    const told = service
      .lines()
      .filter(({ user_id: of, msg }) => of === ada.id && msg.includes('ACCOUNT export requested'));
    expect(told).toHaveLength(1);
  });

  it('is not had without a fresh proof, by an API key, by somebody else or too often; and nothing is changed', async () => {
    const owner = await KeyOwner.signUp(service, []);
    const [ada, eve] = [owner.account, await signUp(service)];
    const key = await owner.key();
    const refused = [await post(ada, owner.staleToken()), await post(ada, key.text)];
    expect(refused.map(({ status, json }) => [status, json.code])).toEqual([
      [401, 'step_up_required'],
      [403, 'scope_missing'],
    ]);
    expect(await exportsOf(ada)).toEqual([]);
    const { id } = (await post(ada)).json;
    await ready(ada, id);
    expect((await get(eve, id)).json.code).toBe('not_found');
    expect((await get(ada, id, owner.staleToken())).json.code).toBe('step_up_required');
    for (const _ of [2, 3]) await ready(ada, (await post(ada)).json.id);
    const fourth = await post(ada);
    expect([fourth.status, fourth.json.code, fourth.headers['retry-after']]).toEqual([
      429,
      'data_exports_exceeded',
      '86400',
    ]);
    expect(await exportsOf(ada)).toHaveLength(3);
  });
});
