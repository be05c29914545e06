import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { archive, picture, script } from '../../../test/support/generations/pictures.js';
import {
  box,
  brands,
  frameBytes,
  longBox,
  movie,
  mp4,
  webm,
} from '../../../test/support/generations/videos.js';
import { MediaRefused } from '../../ports/media-refused.js';
import { VideoStream } from './video-stream.js';

/** In pieces of an odd size, so that headers are cut in two somewhere. */
function inPieces(bytes: Buffer, size = 997): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
  return Readable.from(pieces, { objectMode: false });
}

async function pass(bytes: Buffer, size?: number): Promise<{ video: VideoStream; passed: Buffer }> {
  const video = await VideoStream.begin(inPieces(bytes, size));
  return { video, passed: await buffer(video.stream) };
}

const frames = box('mdat', frameBytes(1000));
const page = Buffer.from(script);

describe('a video', () => {
  it.each([
    ['MP4', 'video/mp4', mp4()],
    ['MP4 whose index comes first', 'video/mp4', Buffer.concat([brands(), movie(), frames])],
    [
      'MP4 with a long size',
      'video/mp4',
      Buffer.concat([brands(), movie(), longBox('mdat', frameBytes(9000))]),
    ],
    [
      'MP4 whose last box is the rest',
      'video/mp4',
      Buffer.concat([brands(), movie(), Buffer.from('\0\0\0\0mdat'), frameBytes(9000)]),
    ],
    [
      'MP4 in fragments',
      'video/mp4',
      Buffer.concat([
        brands('iso5\0\0\x02\0iso5iso6mp41'),
        movie(),
        box('moof', Buffer.alloc(40)),
        frames,
        box('moof', Buffer.alloc(40)),
        frames,
      ]),
    ],
    [
      'MP4 with a box of a provenance',
      'video/mp4',
      Buffer.concat([brands(), box('uuid', frameBytes(500)), movie(), frames]),
    ],
    ['WebM', 'video/webm', webm()],
    ['WebM of unknown size', 'video/webm', webm(50_000, true)],
  ])('passes through byte for byte, in chunks of any size: %s', async (_what, contentType, bytes) => {
    for (const size of [1, 997, 1_000_000]) {
      const { video, passed } = await pass(bytes, size);
      expect(passed.equals(bytes)).toBe(true);
      expect(video.kind.contentType).toBe(contentType);
      expect(video.bytes).toBe(bytes.length);
      expect(video.sha256().equals(createHash('sha256').update(bytes).digest())).toBe(true);
    }
  });

  const hostile: readonly [string, () => Buffer | Promise<Buffer>][] = [
    ['nothing', () => Buffer.alloc(0)],
    ['one byte', () => Buffer.alloc(1)],
    ['noise', () => frameBytes(10_000)],
    ['a page', () => Buffer.from(`<!doctype html><html>${script}`)],
    ['SVG', () => Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`)],
    ['an archive', () => archive],
    ['a picture', () => picture('png')],
    ['QuickTime', () => Buffer.concat([brands('qt  \0\0\0\0qt  '), movie(), frames])],
    ['Matroska', () => webm(1000, false, 'matroska')],
    ['a page whose fifth letter begins a box', () => Buffer.from(`<!--ftypmp42--><html>${script}</html>`)],
    ['an SVG whose fifth letter begins a box', () => Buffer.from(`<svgftypisom>${script}`)],
    [
      'an archive whose fifth byte begins a box',
      () => Buffer.concat([Buffer.from('PK\x03\x04ftypisom', 'latin1'), archive]),
    ],
    [
      'a page as a brand',
      () => Buffer.concat([brands(`isom\0\0\x02\0<script>alert(1)//  `), movie(), frames]),
    ],
    ['a page in a free box', () => Buffer.concat([brands(), box('free', page), movie(), frames])],
    ['a page right behind the brands', () => Buffer.concat([brands(), page, movie(), frames])],
    ['an archive in the first box', () => Buffer.concat([brands(), box('free', archive), movie(), frames])],
    [
      'a document in the first box',
      () => Buffer.concat([brands(), box('free', Buffer.from('%PDF-1.7')), movie(), frames]),
    ],
    ['an archive behind the last box', () => Buffer.concat([mp4(), archive])],
    ['a page behind the last box', () => Buffer.concat([mp4(), page])],
    ['some bytes behind the last box', () => Buffer.concat([mp4(), Buffer.alloc(5)])],
    ['an archive behind WebM', () => Buffer.concat([webm(), archive])],
    ['a page in the first bytes of WebM', () => Buffer.concat([webm(0), page])],
    ['MP4 cut off', () => mp4().subarray(0, 60_000)],
    ['MP4 cut off in a header', () => Buffer.concat([brands(), movie(), frames.subarray(0, 5)])],
    ['WebM cut off', () => webm().subarray(0, 60_000)],
    ['MP4 without an index', () => Buffer.concat([brands(), frames])],
    ['MP4 without frames', () => Buffer.concat([brands(), movie()])],
    ['brands alone', () => brands()],
    [
      'a box smaller than its header',
      () => Buffer.concat([brands(), movie(), frames, Buffer.from('\0\0\0\x04free')]),
    ],
    [
      'a box whose long size is nonsense',
      () =>
        Buffer.concat([
          brands(),
          movie(),
          Buffer.from([0, 0, 0, 1]),
          Buffer.from('mdat'),
          Buffer.alloc(8, 0xff),
        ]),
    ],
    [
      'a box without end of boxes without content',
      () =>
        Buffer.concat([
          brands(),
          movie(),
          frames,
          ...Array<Buffer>(20_001).fill(box('free', Buffer.alloc(0))),
        ]),
    ],
  ];

  it.each(hostile)('is refused: %s', async (_what, make) => {
    const attempt = pass(await make());
    await expect(attempt).rejects.toBeInstanceOf(MediaRefused);
    await expect(attempt).rejects.toMatchObject({ code: 'media_refused' });
  });

  it('fails with the error of its source', async () => {
    const failure = new Error('the source broke');
    const bytes = mp4();
    async function* broken(): AsyncGenerator<Buffer> {
      yield bytes.subarray(0, 50_000);
      await Promise.reject(failure);
    }
    const video = await VideoStream.begin(Readable.from(broken(), { objectMode: false }));
    await expect(buffer(video.stream)).rejects.toBe(failure);
  });
});
