import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from '../../client/src/index.js';
import { ClientServer, hang, inTurn, json, problem } from '../support/client/client-server.js';
import { until } from '../support/process/wait-until.js';

const path = '/api/v1/generations';
const order = { model_id: 'velro/canvas', prompt: 'fog', parameters: { steps: 4 } };
const reference_image = new Blob([Uint8Array.of(137, 80, 78, 71, 0, 255)], { type: 'image/png' });
const accepted = json(202, { id: 'g-1' });

describe('an order with a reference image', () => {
  let server: ClientServer;
  beforeEach(async () => {
    server = await ClientServer.start();
  });
  afterEach(async () => {
    await server.stop();
  });
  const client = (timeoutMs = 30_000) => createClient({ baseUrl: server.url, timeoutMs });

  /** The parts of the form that the server received, by their headers. */
  const partsOf = (nth: number): string[] => {
    const { body, headers } = server.received[nth] ?? { body: Buffer.alloc(0), headers: {} };
    const [, boundary = ''] = /boundary=(.*)$/.exec(headers['content-type'] ?? '') ?? [];
    return body
      .toString('latin1')
      .split(`--${boundary}`)
      .slice(1, -1)
      .map((part) => part.replace(/^\r\n|\r\n$/g, '').replace(/^content-disposition: form-data; /i, ''));
  };

  it('is a form with the file and JSON, of a known length, and comes whole again with the same key after a refusal', async () => {
    server.on(path, inTurn(problem(503, 'unavailable', { 'retry-after': '0' }), accepted));
    const { data } = await client().generate({ ...order, reference_image });
    expect(data.id).toBe('g-1');
    for (const nth of [0, 1]) {
      expect(partsOf(nth)).toEqual([
        'name="model_id"\r\n\r\nvelro/canvas',
        'name="prompt"\r\n\r\nfog',
        'name="parameters"\r\n\r\n{"steps":4}',
        expect.stringMatching(
          /^name="reference_image"; filename="blob"\r\ncontent-type: image\/png\r\n\r\n\x89PNG\0\xff$/i,
        ),
      ]);
    }
    const [first, second] = server.received.map(({ headers }) => headers);
    expect(first?.['content-length']).toMatch(/^\d+$/);
    expect(first?.['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(second?.['idempotency-key']).toBe(first?.['idempotency-key']);
  });

  it('is JSON without one, by the key that the caller names', async () => {
    server.on(path, accepted);
    await client().generate(order, { idempotencyKey: 'mine' });
    const [request] = server.received;
    expect(JSON.parse(request?.body.toString() ?? '')).toEqual(order);
    expect(request?.headers['idempotency-key']).toBe('mine');
  });

  it('tells its progress once, at the end, where the platform does not say more', async () => {
    server.on(path, accepted);
    const told: [number, number][] = [];
    const onProgress = (sent: number, total: number) => told.push([sent, total]);
    await client().generate({ ...order, reference_image }, { onProgress });
    expect(told).toEqual([[6, 6]]);
    server.on(path, problem(422, 'reference_refused'));
    await expect(client().generate({ ...order, reference_image }, { onProgress })).rejects.toMatchObject({
      code: 'reference_refused',
    });
    expect(told).toHaveLength(1);
  });

  it('has no time limit but the signal of the caller', async () => {
    server.on(path, hang);
    const controller = new AbortController();
    const hasty = client(50);
    const sent = hasty.generate({ ...order, reference_image }, { signal: controller.signal });
    let isSettled = false;
    void sent.catch(() => undefined).finally(() => (isSettled = true));
    await until(() => server.received.length === 1, 'the upload');
    // A call with the client's limit, begun after the upload, is over before it.
    server.on('/health', hang);
    await expect(hasty.GET('/health')).rejects.toMatchObject({ cause: { name: 'TimeoutError' } });
    expect(isSettled).toBe(false);
    controller.abort(new Error('left the page'));
    await expect(sent).rejects.toThrow('left the page');
    await until(() => server.abandoned === 2, 'the end of the connection');
  });
});
