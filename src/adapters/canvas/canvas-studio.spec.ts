import { beforeAll, afterEach, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CanvasStudio, MAX_WAITING, type PaintRequest } from './canvas-studio.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const built = pathToFileURL(join(root, 'dist/src/adapters/canvas/canvas.worker.js'));

const request = (prompt: string, more: Partial<PaintRequest> = {}): PaintRequest => ({
  prompt,
  negativePrompt: null,
  seed: 7,
  width: 256,
  height: 256,
  ...more,
});

/** A worker in place of the painting one: its prompt says how it behaves. */
const actor = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from 'node:worker_threads';
    parentPort.on('message', ({ id, request }) => {
      if (request.prompt === 'throw') throw new Error('broken brush');
      if (request.prompt === 'exit') process.exit(3);
      if (request.prompt === 'hang') return;
      if (request.prompt === 'fail') return parentPort.postMessage({ id, kind: 'failure', message: 'no paint' });
      if (request.prompt === 'secrets') request.prompt = JSON.stringify(process.env);
      parentPort.postMessage({ id, kind: 'picture', png: new TextEncoder().encode(request.prompt), width: threadId, height: 1 });
    });`)}`,
);

const studios: CanvasStudio[] = [];
const open = (url = built, deadlineMs?: number): CanvasStudio => {
  const studio = new CanvasStudio(url, deadlineMs);
  studios.push(studio);
  return studio;
};

describe('CanvasStudio', () => {
  beforeAll(async () => {
    await run(process.execPath, [join(root, 'tools/build.ts')]);
  });

  afterEach(async () => {
    await Promise.all(studios.splice(0).map((studio) => studio.close()));
  });

  it('paints 1024 by 1024 pixels unless told otherwise', async () => {
    const { png, width, height } = await open().paint({
      prompt: 'a violet sea',
      negativePrompt: null,
      seed: 1,
    });
    expect([width, height]).toEqual([1024, 1024]);
    expect([...png.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
    expect(Buffer.from(png).readUInt32BE(16)).toBe(1024);
    expect(Buffer.from(png).readUInt32BE(20)).toBe(1024);
  });

  it('gives the same bytes for the same request, in one studio and in another', async () => {
    const studio = open();
    const paintings = await Promise.all(
      [studio, studio, open()].map((each) => each.paint(request('misty mountains'))),
    );
    expect(new Set(paintings.map(({ png }) => Buffer.from(png).toString('base64'))).size).toBe(1);
  });

  it('reports rising progress from 0 to 100', async () => {
    const heard: number[] = [];
    await open().paint(request('sea'), { onProgress: (percent) => heard.push(percent) });
    expect(heard).toEqual([0, 5, 10, 55, 100]);
  });

  it('ends the picture when its progress listener throws, and paints the next', async () => {
    const studio = open();
    const painting = studio.paint(request('sea'), {
      onProgress: (percent) => {
        if (percent > 5) throw new Error('listener broke');
      },
    });
    await expect(painting).rejects.toThrow('listener broke');
    await expect(studio.paint(request('sea'))).resolves.toMatchObject({ width: 256 });
  });

  it('leaves the main thread free while it paints', async () => {
    const studio = open();
    await studio.paint(request('sea'));
    let ticks = 0;
    const clock = setInterval(() => (ticks += 1), 2);
    await Promise.all(
      [1, 2, 3].map((seed) => studio.paint(request('galaxy', { seed, width: 1024, height: 1024 }))),
    );
    clearInterval(clock);
    expect(ticks).toBeGreaterThan(20);
  });

  it.each([{ width: 255 }, { height: 1544 }, { width: 260 }, { seed: 1.5 }])(
    'rejects %j with a RangeError',
    async (wrong) => {
      await expect(open().paint(request('sea', wrong))).rejects.toThrow(RangeError);
    },
  );

  it('rejects at once with the reason of a signal that is aborted already', async () => {
    const reason = new Error('changed my mind');
    await expect(open(actor).paint(request('hang'), { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });

  it('rejects with the reason of an abort during the picture, and paints the next', async () => {
    const studio = open();
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const heard: number[] = [];
    const painting = studio.paint(request('sea', { width: 1024, height: 1024 }), {
      signal: controller.signal,
      onProgress: (percent) => {
        heard.push(percent);
        if (percent === 10) controller.abort(reason);
      },
    });
    await expect(painting).rejects.toBe(reason);
    await expect(studio.paint(request('sea'))).resolves.toMatchObject({ width: 256 });
    expect(heard).toEqual([0, 5, 10]);
  });

  it('rejects a waiting picture with the reason of its abort, and does not paint it', async () => {
    const studio = open(actor);
    const ending = new AbortController();
    const first = studio.paint(request('hang'), { signal: ending.signal });
    const controller = new AbortController();
    const second = studio.paint(request('throw'), { signal: controller.signal });
    const third = studio.paint(request('third'));
    controller.abort(new Error('not this one'));
    await expect(second).rejects.toThrow('not this one');
    ending.abort(new Error('nor this one'));
    await expect(first).rejects.toThrow('nor this one');
    await expect(third).resolves.toMatchObject({ height: 1 });
  });

  it.each([
    ['throws', 'throw'],
    ['ends its process', 'exit'],
  ])('rejects the picture whose worker %s, and gives the next a fresh worker', async (_name, prompt) => {
    const studio = open(actor);
    const before = await studio.paint(request('one'));
    const [broken, next] = await Promise.allSettled([
      studio.paint(request(prompt)),
      studio.paint(request('two')),
    ]);
    expect(broken).toMatchObject({ status: 'rejected', reason: { name: 'StudioError', trouble: 'crashed' } });
    expect(next).toMatchObject({ status: 'fulfilled', value: { height: 1 } });
    const after = await studio.paint(request('three'));
    expect(after.width).not.toBe(before.width);
  });

  it('rejects when there is no worker to load', async () => {
    const studio = open(new URL('./nowhere.js', built));
    await expect(studio.paint(request('sea'))).rejects.toMatchObject({ trouble: 'crashed' });
  });

  it('rejects what the worker reports as failed, and keeps the worker', async () => {
    const studio = open(actor);
    const before = await studio.paint(request('one'));
    await expect(studio.paint(request('fail'))).rejects.toMatchObject({ trouble: 'failed' });
    expect((await studio.paint(request('two'))).width).toBe(before.width);
  });

  it('ends a picture at its deadline, and gives the next a fresh worker', async () => {
    const studio = open(actor, 1000);
    await expect(studio.paint(request('hang'))).rejects.toMatchObject({ trouble: 'late' });
    await expect(studio.paint(request('two'))).resolves.toMatchObject({ height: 1 });
  });

  it('refuses more than its queue holds, and counts no aborted order', async () => {
    const studio = open(actor);
    const controller = new AbortController();
    const held = studio.paint(request('hang'));
    const waiting = Array.from({ length: MAX_WAITING }, (_, index) =>
      studio.paint(request('wait'), index === 0 ? { signal: controller.signal } : {}),
    );
    await expect(studio.paint(request('one too many'))).rejects.toMatchObject({ trouble: 'full' });
    controller.abort(new Error('makes room'));
    const admitted = studio.paint(request('has room'));
    const results = Promise.allSettled([held, ...waiting, admitted]);
    await studio.close();
    const troubles = (await results).map((result) =>
      result.status === 'rejected' ? String(result.reason) : 'painted',
    );
    expect(troubles.filter((text) => text.includes('closed'))).toHaveLength(MAX_WAITING + 1);
    expect(troubles.filter((text) => text.includes('makes room'))).toHaveLength(1);
  });

  it('paints nothing after close, which may be called twice', async () => {
    const studio = open(actor);
    await studio.paint(request('one'));
    await studio.close();
    await studio.close();
    await expect(studio.paint(request('two'))).rejects.toMatchObject({ trouble: 'closed' });
  });

  it('gives its worker an empty environment', async () => {
    const { png } = await open(actor).paint(request('secrets'));
    expect(new TextDecoder().decode(png)).toBe('{}');
  });

  it('does not keep the process running when idle', async () => {
    const module = new URL('./canvas-studio.js', built).href;
    const script = `import { CanvasStudio } from ${JSON.stringify(module)};
      const { width } = await new CanvasStudio().paint(${JSON.stringify(request('sea'))});
      console.log(width);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 20_000,
    });
    expect(stdout.trim()).toBe('256');
  });
});
