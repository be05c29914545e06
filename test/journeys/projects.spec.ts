import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { projectPolicy } from '../../config/policy/generations/projects.js';
import { SystemRandom } from '../../src/adapters/system/system.js';
import { ask } from '../support/database/database.js';
import type { Answer } from '../support/http/http.js';
import { insist } from '../support/http/insist.js';
import { Service, signUp, type Account } from '../support/process/service.js';

const path = '/api/v1/projects';
const random = new SystemRandom();
const nobodys = '01900000-0000-7000-8000-000000000000';

/** What is left of an answer when what differs with every request is taken away. */
const told = ({ status, json }: Answer): unknown => [status, { ...json, instance: '', request_id: '' }];

describe('a project', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ DEFAULT_USER_CREDITS: '20' });
  });
  afterAll(async () => {
    await service.discard();
  });

  const call = (who: Account, rest = '', method = 'GET', body?: unknown) =>
    who.visitor.call(`${path}${rest}`, {
      method,
      token: who.token,
      ...(body === undefined ? {} : { body }),
    });
  const create = async (who: Account, body: object = {}): Promise<string> => {
    const answer = await call(who, '', 'POST', { name: 'harbour', ...body });
    expect(answer.status).toBe(201);
    return answer.json.id as string;
  };
  /** A generation with its results, as the database would have them. */
  const made = async (who: Account, project: string, results: number, status = 'completed') => {
    const id = random.timeOrderedUuid();
    await ask(
      service.home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost, project_id, status, deadline_at, due_at)
       values ($1, $2, 'velro/canvas', 'a secret prompt', 0, $3, $4, now() + interval '1 hour', now() + interval '1 hour')`,
      [id, who.id, project, status],
    );
    for (let position = 0; position < results; position++)
      await ask(
        service.home,
        `insert into velro.files (id, user_id, kind, generation_id, position, object_key, content_type, width, height, bytes, sha256)
         values ($1, $2, 'result', $3, $4, $5, 'image/png', 8, 8, $6, $7)`,
        [
          random.timeOrderedUuid(),
          who.id,
          id,
          position,
          `generations/${id}/${position}.png`,
          100 + position,
          Buffer.alloc(32),
        ],
      );
    return id;
  };

  it('is created, read, changed field by field, and deleted', async () => {
    const ada = await signUp(service);
    const answer = await call(ada, '', 'POST', { name: 'harbour', description: 'at night' });
    expect([answer.status, answer.json]).toEqual([
      201,
      {
        id: expect.any(String),
        name: 'harbour',
        description: 'at night',
        visibility: 'private',
        owned: true,
        generations_count: 0,
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    ]);
    const rest = `/${String(answer.json.id)}`;
    expect((await call(ada, rest)).json).toEqual(answer.json);
    for (const [change, now] of [
      [{ name: 'quay' }, { name: 'quay', description: 'at night', visibility: 'private' }],
      [{ description: null }, { name: 'quay', description: null, visibility: 'private' }],
      [{ visibility: 'public' }, { name: 'quay', description: null, visibility: 'public' }],
      [
        { description: 'by day', visibility: 'private' },
        { description: 'by day', visibility: 'private' },
      ],
    ] as const) {
      const changed = await call(ada, rest, 'PUT', change);
      expect([changed.status, changed.json]).toMatchObject([200, now]);
      expect((await call(ada, rest)).json).toEqual(changed.json);
    }
    expect((await call(ada, rest, 'DELETE')).status).toBe(204);
    expect(told(await call(ada, rest))).toEqual(told(await call(ada, `/${nobodys}`)));
    expect((await call(ada, rest, 'DELETE')).status).toBe(404);
  });

  it('is listed to its owner only, newest first, page by page, with the number of its generations', async () => {
    const [ada, eve] = [await signUp(service), await signUp(service)];
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.unshift(await create(ada, { visibility: 'public' }));
    await made(ada, ids[1] ?? '', 0);
    await made(ada, ids[1] ?? '', 0, 'failed');
    const seen: [string, number][] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { json } = await call(ada, `?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      expect(json.data.length).toBeLessThanOrEqual(2);
      for (const project of json.data) seen.push([project.id, project.generations_count]);
      cursor = json.next_cursor as string | null;
    }
    expect(seen).toEqual(ids.map((id, at) => [id, at === 1 ? 2 : 0]));
    expect((await call(eve)).json).toEqual({ data: [], next_cursor: null });
  });

  it('leaves its generations without a project when deleted', async () => {
    const ada = await signUp(service);
    const project = await create(ada);
    const order = {
      model_id: 'velro/canvas',
      prompt: 'fog',
      parameters: { width: 256, height: 256 },
      project_id: project,
    };
    const accepted = await ada.visitor.call('/api/v1/generations', { token: ada.token, body: order });
    expect([accepted.status, accepted.json.project_id]).toEqual([202, project]);
    const generation = `/api/v1/generations/${String(accepted.json.id)}`;
    expect((await call(ada, `/${project}`)).json.generations_count).toBe(1);
    expect((await call(ada, `/${project}`, 'DELETE')).status).toBe(204);
    await ada.visitor.events(`${generation}/events`, ada.token);
    expect((await ada.visitor.call(generation, { token: ada.token })).json).toMatchObject({
      status: 'completed',
      project_id: null,
    });
  });

  it.each(['private', 'public'])(
    'of another person that is %s is neither changed nor deleted, whatever is sent',
    async (visibility) => {
      const [ada, eve] = [await signUp(service), await signUp(service)];
      const id = await create(ada, { visibility });
      for (const [method, body] of [
        ['PUT', { name: 'mine' }],
        ['PUT', { visibility: 'public' }],
        ['PUT', {}],
        ['DELETE', undefined],
        ...(visibility === 'private' ? [['GET', undefined] as const] : []),
      ] as const) {
        const answer = await call(eve, `/${id}`, method, body);
        expect([method, told(answer)]).toEqual([method, told(await call(eve, `/${nobodys}`, method, body))]);
        expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
      }
      expect((await call(ada, `/${id}`)).json).toMatchObject({ name: 'harbour', visibility });
    },
  );

  it('shows its results to any signed-in user when public, but not their author, prompt or parameters', async () => {
    const [ada, eve] = [await signUp(service), await signUp(service)];
    const id = await create(ada, { description: 'at night', visibility: 'public' });
    const order = {
      model_id: 'velro/canvas',
      prompt: 'a secret prompt',
      parameters: { width: 256, height: 384 },
      project_id: id,
    };
    const { json } = await ada.visitor.call('/api/v1/generations', { token: ada.token, body: order });
    await ada.visitor.events(`/api/v1/generations/${String(json.id)}/events`, ada.token);

    const seen = await call(eve, `/${id}`);
    expect([seen.status, seen.json]).toEqual([
      200,
      {
        id,
        name: 'harbour',
        description: 'at night',
        visibility: 'public',
        owned: false,
        created_at: expect.any(String),
        gallery: [
          {
            url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/media\//),
            content_type: 'image/png',
            width: 256,
            height: 384,
            bytes: expect.any(Number),
          },
        ],
      },
    ]);
    const [{ url, bytes }] = seen.json.gallery;
    expect((await service.visitor().call(url)).bytes).toHaveLength(bytes);
    const words = seen.text.replaceAll(url, '');
    for (const secret of ['prompt', ada.id, ada.email, json.id, 'velro/canvas', 'generations', 'updated_at'])
      expect(words).not.toContain(secret);

    expect((await call(ada, `/${id}`, 'PUT', { visibility: 'private' })).status).toBe(200);
    expect((await call(eve, `/${id}`)).status).toBe(404);
    expect((await service.visitor().call(`${path}/${id}`)).json.code).toBe('token_missing');
  });

  it('shows the twenty newest results of completed generations of its owner only', async () => {
    const [ada, eve] = [await signUp(service), await signUp(service)];
    const id = await create(ada, { visibility: 'public' });
    const ids: string[] = [];
    for (let count = 0; count < 6; count++) {
      ids.unshift(await made(ada, id, 4));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await made(ada, id, 1, 'failed');
    await made(eve, id, 1);
    const { json } = await call(eve, `/${id}`);
    const shown = json.gallery.map(
      ({ url }: { url: string }) => /\/media\/(generations\/.*?)\?/.exec(url)?.[1],
    );
    expect(shown).toEqual(
      ids.slice(0, 5).flatMap((one) => [0, 1, 2, 3].map((at) => `generations/${one}/${at}.png`)),
    );
    expect((await call(ada, `/${id}`)).json).not.toHaveProperty('gallery');
  });

  it('is refused above the limit per account, also under concurrent requests', async () => {
    const ada = await signUp(service);
    await ask(
      service.home,
      `insert into velro.projects (id, user_id, name)
       select gen_random_uuid(), $1, 'one of many' from generate_series(1, $2::int)`,
      [ada.id, projectPolicy.perUser - 1],
    );
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => insist(() => call(ada, '', 'POST', { name: 'the last' }))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.json.code).toBe('projects_exceeded');
    const [{ count } = { count: '' }] = await ask<{ count: string }>(
      service.home,
      'select count(*) from velro.projects where user_id = $1',
      [ada.id],
    );
    expect(Number(count)).toBe(projectPolicy.perUser);
    const made = answers.find(({ status }) => status === 201)?.json.id as string;
    expect((await call(ada, `/${made}`, 'DELETE')).status).toBe(204);
    expect((await call(ada, '', 'POST', { name: 'again' })).status).toBe(201);
  });

  it('can only be read by a viewer', async () => {
    const viewer = await signUp(service);
    const id = await create(viewer);
    await ask(service.home, "update velro.users set role = 'viewer' where id = $1", [viewer.id]);
    const again = await viewer.visitor.call('/api/v1/auth/refresh', {
      body: { refresh_token: viewer.refreshToken },
    });
    const now = { ...viewer, token: again.json.access_token as string };
    expect([(await call(now)).status, (await call(now, `/${id}`)).status]).toEqual([200, 200]);
    for (const answer of [
      await call(now, '', 'POST', { name: 'x' }),
      await call(now, `/${id}`, 'PUT', { name: 'x' }),
      await call(now, `/${id}`, 'DELETE'),
    ])
      expect([answer.status, answer.json.code]).toEqual([403, 'forbidden']);
  });

  it.each([
    ['no name', {}, 'name'],
    ['a name that is null', { name: null }, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['a blank name', { name: ' \t\n\u00a0\u3000' }, 'name'],
    ['a name that nobody sees', { name: '\u200b\u200d\u2060\ufeff' }, 'name'],
    ['a name of 121 characters', { name: 'a'.repeat(121) }, 'name'],
    ['a name that is a number', { name: 7 }, 'name'],
    ['a name that is a list', { name: ['x'] }, 'name'],
    ['a name that is an object', { name: { $ne: '' } }, 'name'],
    ['a description of 2,001 characters', { name: 'x', description: 'a'.repeat(2001) }, 'description'],
    ['a description that is a flag', { name: 'x', description: false }, 'description'],
    ['an unknown visibility', { name: 'x', visibility: 'everybody' }, 'visibility'],
    ['a visibility of the prototype', { name: 'x', visibility: 'constructor' }, 'visibility'],
    ['visibilities', { name: 'x', visibility: ['public'] }, 'visibility'],
    ['an owner', { name: 'x', user_id: randomUUID() }, 'user_id'],
    ['an id', { name: 'x', id: randomUUID() }, 'id'],
  ])('is not created with %s', async (_title, body, field) => {
    const ada = await signUp(service);
    const answer = await call(ada, '', 'POST', body);
    expect([answer.status, answer.json.code]).toEqual([422, 'validation_failed']);
    expect(answer.json.errors.map((fault: { field: string }) => fault.field)).toEqual([field]);
    expect((await call(ada)).json.data).toEqual([]);
  });

  it.each([
    ['nothing', {}],
    ['a name that is null', { name: null }],
    ['a blank name beside something good', { name: '  ', description: 'x' }],
    ['a visibility that is null', { visibility: null }],
    ['an unknown field', { generations_count: 3 }],
    ['another owner', { user_id: randomUUID(), name: 'x' }],
    ['a list', []],
    ['a description of the wrong type', { description: {} }],
  ])('is not changed by %s', async (_title, body) => {
    const ada = await signUp(service);
    const id = await create(ada);
    const before = (await call(ada, `/${id}`)).json;
    const answer = await call(ada, `/${id}`, 'PUT', body);
    expect([answer.status, answer.json.code]).toEqual([422, 'validation_failed']);
    expect((await call(ada, `/${id}`)).json).toEqual(before);
  });

  it.each([
    ['name', { name: null, description: 'x' }],
    ['visibility', { visibility: null, description: 'x' }],
  ])('keeps its %s where that is null beside something that is changed', async (field, body) => {
    const ada = await signUp(service);
    const id = await create(ada, { visibility: 'public' });
    const before = (await call(ada, `/${id}`)).json as Record<string, unknown>;
    const { status, json } = await call(ada, `/${id}`, 'PUT', body);
    expect([status, json.description, json[field]]).toEqual([200, 'x', before[field]]);
  });

  it('is private where its visibility is null', async () => {
    const ada = await signUp(service);
    const { status, json } = await call(ada, '', 'POST', { name: 'harbour', visibility: null });
    expect([status, json.visibility]).toEqual([201, 'private']);
  });

  it.each([
    ['?limit=0', 422],
    ['?limit=101', 422],
    ['?limit=ten', 422],
    ['?cursor=x', 422],
    ['?owner=me', 422],
    ['/not-an-id', 404],
    ['/..%2fusers', 404],
  ])('answers GET %s with %i', async (rest, status) => {
    expect((await call(await signUp(service), rest)).status).toBe(status);
  });
});
