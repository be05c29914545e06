import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { Customer, FalService } from '../support/fal/fal-service.js';
import { madeByModel, metadataOf, sourceTypesIn } from '../support/generations/picture-metadata.js';
import { marker, pictureFormats, talkative, type PictureFormat } from '../support/generations/pictures.js';

const order = {
  model_id: 'fal-ai/flux-pro/v1.1-ultra',
  prompt: 'a lighthouse',
  parameters: { aspect_ratio: '1:1' },
};
const editing = { model_id: 'fal-ai/flux-pro/kontext/max', prompt: 'make it night' };

describe('the mark of AI in a stored picture', () => {
  let stage: FalService;
  let ada: Customer;
  beforeAll(async () => {
    stage = await FalService.start();
    ada = new Customer(await stage.signUp());
  });
  afterAll(async () => {
    await stage.stop();
  });

  const completed = async (id: string, format: PictureFormat): Promise<void> => {
    const job = await stage.jobOf(id);
    const url = stage.fal.media.addBytes('picture', `image/${format}`, await talkative(format));
    await stage.fal.complete(job.id, { images: [{ url, content_type: `image/${format}` }] });
    await stage.fal.call(job.id);
  };
  /** What was stored of it when the transaction ended. */
  const stored = async (column: string, id: string) => {
    const [file] = await ask<{ sha256: Buffer; bytes: string }>(
      stage.service.home,
      `select f.sha256, f.bytes from velro.files f join velro.generations g on ${column} where g.id = $1`,
      [id],
    );
    return { sha256: file?.sha256.toString('hex'), bytes: Number(file?.bytes) };
  };
  const digestOf = (bytes: Buffer) => ({
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
  });

  it.each(pictureFormats)(
    'says of a generated %s that a model made it, and nothing of what it said before',
    async (format) => {
      const { json } = await ada.create(order);
      await completed(json.id, format);
      const [media] = (await ada.ended(json.id)).media;
      const shown = await stage.service.visitor().call(media.url);
      expect([shown.status, shown.headers['content-type']]).toEqual([200, `image/${format}`]);
      const { others, xmp } = await metadataOf(shown.bytes);
      expect([others, sourceTypesIn(xmp)]).toEqual([[], [madeByModel]]);
      expect(shown.bytes.includes(marker)).toBe(false);
      // Sum, size and the tag of a conditional request are those of the marked bytes.
      expect(await stored('f.generation_id = g.id', json.id)).toEqual(digestOf(shown.bytes));
      expect([media.bytes, Number(shown.headers['content-length'])]).toEqual([
        shown.bytes.length,
        shown.bytes.length,
      ]);
      const again = await stage.service
        .visitor()
        .call(media.url, { headers: { 'if-none-match': String(shown.headers.etag) } });
      expect([again.status, again.bytes.length]).toEqual([304, 0]);
    },
  );

  it.each(pictureFormats)('is not in an uploaded %s, but in what a model makes of it', async (format) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(editing)) body.set(name, value);
    body.set('reference_image', new Blob([Uint8Array.from(await talkative(format))]), `a.${format}`);
    const encoded = new Response(body);
    const { json, status } = await ada.account.visitor.call('/api/v1/generations', {
      method: 'POST',
      token: ada.account.token,
      raw: Buffer.from(await encoded.arrayBuffer()),
      headers: { 'content-type': encoded.headers.get('content-type') ?? '' },
    });
    expect(status).toBe(202);
    const { input } = await stage.jobOf(json.id);
    const copy = await stage.service.visitor().call(String(input['image_url']));
    expect(copy.headers['content-type']).toBe(`image/${format}`);
    expect(await metadataOf(copy.bytes)).toEqual({ others: [], xmp: undefined });
    expect(copy.bytes.includes(marker)).toBe(false);
    expect(await stored('f.id = g.reference_file_id', json.id)).toEqual(digestOf(copy.bytes));
    await completed(json.id, format);
    const [media] = (await ada.ended(json.id)).media;
    const made = await stage.service.visitor().call(media.url);
    expect(sourceTypesIn((await metadataOf(made.bytes)).xmp)).toEqual([madeByModel]);
  });
});
