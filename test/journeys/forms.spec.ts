import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { picture as makePicture } from '../support/generations/pictures.js';
import { Customer, FalService } from '../support/fal/fal-service.js';

const boundary = 'edge-of-parts';
const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'fog over a harbour' };
const editing = 'fal-ai/flux-pro/kontext/max';

interface Part {
  readonly name: string;
  readonly value: string | Buffer;
  readonly type?: string;
  readonly file?: string;
}

const bytesOf = ({ name, value, type, file }: Part): Buffer =>
  Buffer.concat([
    Buffer.from(
      `--${boundary}\r\ncontent-disposition: form-data; name="${name}"${file === undefined ? '' : `; filename="${file}"`}\r\n${type === undefined ? '' : `content-type: ${type}\r\n`}\r\n`,
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
const text = (name: string, value: string, type?: string): Part => ({
  name,
  value,
  ...(type === undefined ? {} : { type }),
});
const asked = [text('model_id', order.model_id), text('prompt', order.prompt)];

describe('an order in a form', () => {
  let stage: FalService;
  let ada: Customer;
  beforeAll(async () => {
    stage = await FalService.start();
    await stage.fal.queueHost.refuse();
    ada = new Customer(await stage.signUp());
  });
  afterAll(async () => {
    await stage.stop();
  });

  const send = (parts: readonly Part[], by = ada) =>
    by.account.visitor.call('/api/v1/generations', {
      method: 'POST',
      token: by.account.token,
      raw: Buffer.concat([...parts.map(bytesOf), Buffer.from(`--${boundary}--\r\n`)]),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });

  it('is as a browser sends it with nothing chosen and nothing filled in: empty fields are absent', async () => {
    const nothing = { name: 'reference_image', value: '', file: '', type: 'application/octet-stream' };
    const optional = ['parameters', 'project_id', 'reference_image_url', 'negative_prompt'];
    const answer = await send([...asked, nothing, ...optional.map((name) => text(name, ''))]);
    expect([answer.status, answer.json.has_reference_image, answer.json.project_id]).toEqual([
      202,
      false,
      null,
    ]);
  });

  it('with an empty prompt is refused for the missing prompt', async () => {
    const { status, json } = await send([text('model_id', order.model_id), text('prompt', '')]);
    expect([status, json.errors]).toEqual([422, [expect.objectContaining({ field: 'prompt' })]]);
  });

  it('with an empty file that has a name is refused for that file', async () => {
    const file = { name: 'reference_image', value: '', file: 'x.png', type: 'image/png' };
    const { status, json } = await send([text('model_id', editing), text('prompt', 'x'), file]);
    expect([status, json.code]).toEqual([422, 'reference_refused']);
  });

  it.each(['null', '5', 'true', '[]', '{"a":1}', '["a"]'])(
    'whose prompt is the JSON %s is refused as a body of JSON is, and costs nothing',
    async (value) => {
      const before = await ada.balance();
      const form = await send([text('model_id', order.model_id), text('prompt', value, 'application/json')]);
      const body = await ada.create({ ...order, prompt: JSON.parse(value) as unknown });
      expect([form.status, form.json.code, form.json.errors]).toEqual([
        body.status,
        body.json.code,
        body.json.errors,
      ]);
      expect(form.status).toBe(422);
      expect(await ada.balance()).toEqual(before);
    },
  );

  it('takes a prompt that is a JSON string as that string', async () => {
    const { status, json } = await send([
      text('model_id', order.model_id),
      text('prompt', '"null"', 'application/json'),
    ]);
    expect([status, json.prompt]).toEqual([202, 'null']);
  });

  it.each<[string, () => Promise<readonly Part[]>]>([
    [
      'a second file of the same name',
      async () => {
        const file = { name: 'reference_image', value: await makePicture('png'), file: 'a.png' };
        return [file, file];
      },
    ],
    ['a field twice', () => Promise.resolve([text('prompt', 'again')])],
    ['an empty field twice', () => Promise.resolve([text('project_id', ''), text('project_id', '')])],
    [
      'more parts than a form may have',
      () => Promise.resolve(Array.from({ length: 60 }, (_, at) => text(`field${at}`, ''))),
    ],
  ])('with %s is malformed, not too large', async (_title, more) => {
    const { status, json } = await send([...asked, ...(await more())]);
    expect([status, json.code]).toEqual([400, 'multipart_invalid']);
  });

  it('names a file that it does not take', async () => {
    const file = { name: 'evil', value: await makePicture('png'), file: 'a.png' };
    const { status, json } = await send([...asked, file]);
    expect([status, json.errors]).toEqual([
      422,
      [expect.objectContaining({ field: 'evil', code: 'unknown_field' })],
    ]);
  });

  it('by somebody whose other uploads are being read is told so, and nobody else is', async () => {
    const slow = await makePicture('png');
    const parts = [text('model_id', editing), text('prompt', 'x')];
    const file = { name: 'reference_image', value: slow, file: 'a.png' };
    const bob = new Customer(await stage.signUp());
    const [neighbour, ...answers] = await Promise.all([
      send([...parts, file], bob),
      ...Array.from({ length: 12 }, () => send([...parts, file])),
    ]);
    const codes = new Set(answers.map(({ status, json }) => `${status} ${String(json.code ?? '')}`));
    expect([...codes].filter((code) => !['202 ', '429 references_exceeded'].includes(code))).toEqual([]);
    expect(codes).toContain('202 ');
    expect(codes).toContain('429 references_exceeded');
    expect(neighbour.status).toBe(202);
  });

  it('names a project by its id in any case, and is answered with the canonical one', async () => {
    const project = await ada.post('/projects', { name: 'harbours' });
    const id = String(project.json.id);
    const answer = await ada.create({ ...order, project_id: id.toUpperCase() });
    expect([answer.status, answer.json.project_id]).toEqual([202, id]);
    const listed = await ada.get(`/generations?project_id=${id.toUpperCase()}`);
    expect(listed.json.data).toHaveLength(1);
  });

  it.each(['\uFE0F', '\u0301', '\uFE0F\u0301 \u200B', '\u20DD'])(
    'with a prompt of marks alone (%j) says nothing',
    async (prompt) => {
      const { status, json } = await ada.create({ ...order, prompt });
      expect([status, json.errors]).toEqual([
        422,
        [expect.objectContaining({ field: 'prompt', code: 'blank' })],
      ]);
    },
  );

  it.each(['e\u0301', '☂\uFE0F', '漢', '…'])('with the prompt %j says something', async (prompt) => {
    expect((await ada.create({ ...order, prompt })).status).toBe(202);
  });
});
