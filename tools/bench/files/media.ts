// Benchmark of the media intake: 50 videos of 100 MB, 8 at a time, from a local server to disk, and again to a fake Supabase
// Storage. Prints the peak memory above the start, and fails above the limit of each or when the stored bytes are incomplete.
import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStorage } from '../../../src/ports/object-storage.ts';
import { build } from '../../build.ts';
import { say } from '../support/figures.ts';

const [videos, bytes, atOnce] = [50, 100_000_000, 8];
/** Uploads with fetch need streams of their own and garbage not yet collected; three times the videos need no more. */
const allowed = { disk: 150, supabase: 300 };
const sampleEveryMs = 10;

await build();
const { Secret } = await import('#dist/config/values/secret.js');
const { SystemClock } = await import('#dist/src/adapters/system/system.js');
const { DiskStorage } = await import('#dist/src/adapters/disk/disk-storage.js');
const { SupabaseStorage } = await import('#dist/src/adapters/supabase/supabase-storage.js');
const { HttpsFiles } = await import('#dist/src/adapters/https/https-files.js');
const { ChildPictureDecoder } = await import('#dist/src/adapters/pictures/child-picture-decoder.js');
const { MediaIntake } = await import('#dist/src/features/media/media-intake.js');

/** Copies all videos from `host` into `storage`. Returns whether memory stayed within the limit and every byte was stored. */
async function pass(name: keyof typeof allowed, host: string, storage: ObjectStorage): Promise<boolean> {
  const intake = new MediaIntake(new HttpsFiles(), storage, new ChildPictureDecoder());
  const signal = new AbortController().signal;
  const start = process.memoryUsage.rss();
  let peak = start;
  const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), sampleEveryMs);
  const begin = performance.now();
  let [next, stored] = [0, 0];
  const hashes = new Set<string>();
  const lane = async (): Promise<void> => {
    while (next++ < videos) {
      const media = { kind: 'url', url: `http://${host}/video.mp4` } as const;
      const key = `generations/${randomUUID()}/0`;
      const kept = await intake.storeResult(media, 'video', key, [host], signal);
      stored += kept.bytes;
      hashes.add(kept.sha256.toString('hex'));
      // Only videos in progress are on the disk.
      await storage.remove([kept.objectKey]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  clearInterval(sampling);
  const seconds = (performance.now() - begin) / 1000;
  const megabytes = (peak - start) / 1e6;
  const isWhole = stored === videos * bytes && hashes.size === 1;
  say(
    `${name}: ${videos} videos of ${bytes / 1e6} MB, ${atOnce} at a time: peak ${megabytes.toFixed(0)} MB above the ` +
      `start (allowed ${allowed[name]}), ${(stored / 1e6 / seconds).toFixed(0)} MB/s${isWhole ? '' : ', and NOT WHOLE'}`,
  );
  return megabytes <= allowed[name] && isWhole;
}

const folder = await mkdtemp(join(tmpdir(), 'velro-bench-media-'));
const path = join(import.meta.dirname, 'support/video-server.ts');
const server = spawn(process.execPath, [path, String(bytes)], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  const host = `127.0.0.1:${port.toString().trim()}`;
  const secret = new Secret(randomBytes(48).toString('hex'));
  const toDisk = await pass('disk', host, new DiskStorage(folder, secret, new SystemClock(), () => ''));
  const toSupabase = await pass('supabase', host, new SupabaseStorage(`http://${host}`, secret));
  process.exitCode = toDisk && toSupabase ? 0 : 1;
} finally {
  server.kill();
  await rm(folder, { recursive: true, force: true });
}
