import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { fileTypeFromBuffer } from 'file-type';
import { Secret } from '../../config/values/secret.js';
import { FalProvider } from '../../src/adapters/fal/fal-provider.js';
import { FalSignatures } from '../../src/adapters/fal/fal-signatures.js';
import { FalProcess } from '../support/fal/fal-process.js';
import { FalServer } from '../support/fal/fal-server.js';
import { lookOn, never, orderFor } from './generation-provider.js';

interface Call {
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

describe('the stand-in for fal', () => {
  let fal: FalServer;
  let receiver: Server;
  let hook: string;
  let calls: Call[] = [];
  let answers: number[] = [];
  beforeAll(async () => {
    fal = await FalServer.start({ webhookRetries: { count: 3, everyMs: 20 } });
    receiver = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        calls.push({ headers: request.headers, body: Buffer.concat(parts) });
        response.writeHead(answers.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    hook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  });
  afterAll(async () => {
    await fal.stop();
    receiver.closeAllConnections();
    receiver.close();
  });
  beforeEach(() => {
    [calls, answers, fal.webhooks.fault, fal.automatic] = [[], [], null, null];
  });

  const provider = () => new FalProvider({ key: new Secret(fal.key), queueUrl: fal.queueUrl });
  const submit = async (modelId: string) => ({
    modelId,
    reference: await provider().submit(orderFor(modelId, { callbackUrl: hook }), never()),
  });
  const until = async (happened: () => boolean): Promise<void> => {
    while (!happened()) await sleep(10);
  };

  it('finishes a job by itself, and calls back with a valid signature', async () => {
    fal.automatic = { queueMs: 10, workMs: 10 };
    const job = await submit('fal-ai/flux-pro/v1.1-ultra');
    expect((await lookOn(provider(), job)).at(-1)).toEqual({ state: 'finished' });
    await until(() => calls.length > 0);
    const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = calls;
    expect(JSON.parse(body.toString())).toMatchObject({
      request_id: job.reference,
      status: 'OK',
      payload: {},
    });
    const of = (name: string): string => String(headers[`x-fal-webhook-${name}`]);
    const call = { requestId: of('request-id'), userId: of('user-id'), timestamp: of('timestamp'), signature: of('signature'), body }; // prettier-ignore
    expect(await new FalSignatures(fal.jwksUrl).verify(call)).toBe(true);
  });

  it('retries a callback until it is accepted, up to its limit', async () => {
    const job = await submit('fal-ai/veo3');
    await fal.complete(job.reference);
    answers = [503, 500];
    await fal.call(job.reference);
    expect(calls).toHaveLength(3);
    calls = [];
    answers = Array.from({ length: 20 }, () => 503);
    await fal.call(job.reference);
    expect(calls).toHaveLength(4);
  });

  it('loses and duplicates callbacks when configured to', async () => {
    const job = await submit('fal-ai/veo3');
    await fal.complete(job.reference);
    fal.webhooks.fault = 'lost';
    await fal.call(job.reference);
    expect(calls).toHaveLength(0);
    fal.webhooks.fault = 'twice';
    await fal.call(job.reference);
    expect(calls).toHaveLength(2);
  });

  it('has pictures that carry metadata', async () => {
    const link = await fal.media.addPicture({ width: 32, height: 16, format: 'png' });
    const bytes = Buffer.from(await (await fetch(link)).arrayBuffer());
    const { width, height, format, exif } = await sharp(bytes).metadata();
    expect([width, height, format]).toEqual([32, 16, 'png']);
    expect(exif?.toString('latin1')).toContain('stand-in artist');
  });

  it('has videos of any length that are detected as videos', async () => {
    const answer = await fetch(fal.media.addVideo(300_001));
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect([answer.headers.get('content-length'), bytes.length]).toEqual(['300001', 300_001]);
    expect((await fileTypeFromBuffer(bytes))?.mime).toBe('video/mp4');
  });

  it('runs as a separate process', async () => {
    const process = await FalProcess.start({ automatic: { queueMs: 1, workMs: 1 } });
    const { key, queueUrl } = process.addresses;
    const own = new FalProvider({ key: new Secret(key), queueUrl });
    const order = orderFor('fal-ai/veo3', { callbackUrl: hook });
    const job = { modelId: order.modelId, reference: await own.submit(order, never()) };
    expect((await lookOn(own, job)).at(-1)).toEqual({ state: 'finished' });
    await process.tell({
      kind: 'fault',
      operation: 'submit',
      fault: { kind: 'reset', when: 'after' },
      times: 1,
    });
    await expect(own.submit(order, never())).rejects.toMatchObject({ name: 'SubmitUnknown' });
    expect(await process.tell({ kind: 'submits' })).toMatchObject([
      { webhookUrl: hook },
      { webhookUrl: hook },
    ]);
    await process.stop();
  });
});
