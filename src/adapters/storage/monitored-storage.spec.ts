import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../../config/values/secret.js';
import { SupabaseStorageServer, type Fault } from '../../../test/support/supabase/supabase-storage-server.js';
import { until } from '../../../test/support/process/wait-until.js';
import { SupabaseStorage } from '../supabase/supabase-storage.js';
import { MonitoredStorage, trialOf } from './monitored-storage.js';
import { StoreMonitor } from './store-monitor.js';

describe('a storage with a monitor', () => {
  let server: SupabaseStorageServer;
  let hosted: SupabaseStorage;
  let monitor: StoreMonitor;
  let storage: MonitoredStorage;
  beforeAll(async () => {
    server = await SupabaseStorageServer.start();
    hosted = new SupabaseStorage(server.url, new Secret(server.key), { answerMs: 500, silenceMs: 500 });
  });
  afterEach(() => {
    server.fault = 'none';
    server.objects.clear();
  });
  afterAll(async () => {
    await server.stop();
  });

  const open = (): void => {
    const hasRoom = () => Promise.resolve(true);
    monitor = new StoreMonitor({ tryOut: trialOf(hosted), hasRoom }, 60_000);
    storage = new MonitoredStorage(hosted, monitor);
  };
  const put = (body: Buffer | Readable = Buffer.from('x')) =>
    storage.put('references/a.png', body, 'image/png');

  it.each<[Fault, boolean]>([
    ['none', true],
    ['too large', true],
    ['quota', false],
    ['error', false],
    ['reset', false],
    ['hang', false],
  ])('whose answer to an object is %s takes objects: %p', async (fault, isUp) => {
    open();
    server.fault = fault;
    await put().catch(() => undefined);
    expect(monitor.isUp()).toBe(isUp);
  });

  it('is up when the stream of an object fails, or stands still', async () => {
    open();
    const broken = new Readable({ read: () => undefined });
    setTimeout(() => broken.destroy(new Error('the source broke')), 50);
    await expect(put(broken)).rejects.toThrow('the source broke');
    await expect(put(new Readable({ read: () => undefined }))).rejects.toThrow('stood still');
    expect(monitor.isUp()).toBe(true);
  });

  it('is down when the storage hangs up in the middle of a stream, which is no error of the stream', async () => {
    open();
    server.fault = 'stall';
    let given = 0;
    const stream = new Readable({
      read() {
        given += 65_536;
        this.push(Buffer.alloc(65_536));
      },
    });
    const stored = put(stream);
    stored.catch(() => undefined);
    await until(() => given > 200_000, 'a beginning');
    server.hangUp();
    await expect(stored).rejects.toThrow('not stored');
    expect([monitor.isUp(), stream.destroyed]).toEqual([false, true]);
  });

  it('is up when reading, signing or removing fails', async () => {
    open();
    server.fault = 'error';
    await expect(storage.read('references/a.png')).rejects.toThrow('not read');
    await expect(storage.signedUrls([{ key: 'references/a.png', bytes: null }], 60)).rejects.toThrow(
      'not signed',
    );
    await expect(storage.remove(['references/a.png'])).rejects.toThrow('not removed');
    expect(monitor.isUp()).toBe(true);
  });

  it('is tried out with one object, which is removed', async () => {
    const tryOut = trialOf(hosted);
    await tryOut();
    expect(server.objects.size).toBe(0);
    server.fault = 'quota';
    await expect(tryOut()).rejects.toThrow('not stored');
  });
});
