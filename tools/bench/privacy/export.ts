// Benchmark of exports of data: somebody with 3,000 generations, then somebody with 10,000, each with a picture of 100 kB. Prints how much memory was in
// use above the start, and fails above the limit or when a picture is missing.
import 'reflect-metadata';
import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import type { FinishedPart } from '../../../src/features/privacy/export/export-part.ts';
import { build } from '../../build.ts';
import { urlsOf } from '../support/embedded-database.ts';
import { say } from '../support/figures.ts';
import { startService } from '../support/service.ts';

await build();
const { Secret } = await import('#dist/config/values/secret.js');
const { databaseLimits } = await import('#dist/config/policy/operations/database.js');
const { PostgresDatabase } = await import('#dist/src/adapters/postgres/postgres-database.js');
const { SystemClock } = await import('#dist/src/adapters/system/system.js');
const { ObjectStorage } = await import('#dist/src/ports/object-storage.js');
const { ExportPart } = await import('#dist/src/features/privacy/export/export-part.js');
const { ExportRowsRepository } = await import('#dist/src/features/privacy/export/export-rows.repository.js');

const allowedMegabytes = 20;
const [few, many, pictureBytes] = [3000, 10_000, 100_000];
const sampleEveryMs = 100;
const picture = randomBytes(pictureBytes);

/** Keeps nothing: what is measured is the export. */
class Nowhere extends ObjectStorage {
  reads = 0;
  bytes = 0;
  async put(_key: string, body: Uint8Array | Readable): Promise<void> {
    for await (const piece of body as Readable) this.bytes += (piece as Buffer).length;
  }
  read(): Promise<Readable> {
    this.reads++;
    return Promise.resolve(Readable.from([picture]));
  }
  signedUrls(): Promise<never[]> {
    return Promise.resolve([]);
  }
  remove(): Promise<void> {
    return Promise.resolve();
  }
  removeDrafts(): Promise<number> {
    return Promise.resolve(0);
  }
  async *objects(): AsyncGenerator<never> {
    // Nothing is listed.
  }
}

const service = await startService({});
const database = new PostgresDatabase(
  new Secret(urlsOf(service.home).app()),
  () => undefined,
  databaseLimits,
  false,
);

/** Somebody with so many generations. */
async function person(generations: number): Promise<string> {
  const id = randomUUID();
  await sql`insert into velro.users (id, email) values (${id}, ${`${id}@example.com`})`.execute(
    database.query,
  );
  for (let done = 0; done < generations; done += 1000)
    await sql`
      with made as (
        insert into velro.generations (id, user_id, model_id, prompt, credits_cost, status, deadline_at, due_at)
        select gen_random_uuid(), ${id}, 'velro/canvas', repeat('a lighthouse over a violet sea ', 20), 0, 'completed', now(), now()
        from generate_series(1, 1000) returning id)
      insert into velro.files (id, user_id, kind, generation_id, object_key, content_type, bytes, sha256)
      select gen_random_uuid(), ${id}, 'result', id, 'generations/' || id || '/0.png', 'image/png', ${pictureBytes}, sha256('x') from made`.execute(
      database.query,
    );
  return id;
}

/** Bytes of objects that are in use. Those of buffers beside them are given back behind a collection, at a time of its own. */
function held(): number {
  global.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Megabytes above the start, at most, while all of somebody is exported. */
async function peakOf(generations: number): Promise<number> {
  const userId = await person(generations);
  const storage = new Nowhere();
  const part = new ExportPart(new ExportRowsRepository(database), storage, new SystemClock());
  const start = held();
  let peak = start;
  const sampling = setInterval(() => (peak = Math.max(peak, held())), sampleEveryMs);
  const begin = performance.now();
  const subject = { userId, accounts: [] };
  let number = 0;
  let position: { table: number; after: readonly string[] | null } | null = { table: 0, after: null };
  while (position !== null) {
    number++;
    const order = { subject, key: `exports/${userId}/${number}.zip`, number, position, contents: [] };
    const { next }: FinishedPart = await part.store(order, new AbortController().signal);
    position = next;
  }
  clearInterval(sampling);
  const seconds = (performance.now() - begin) / 1000;
  const megabytes = (peak - start) / 1e6;
  if (storage.reads !== generations)
    throw new Error(`${storage.reads} of ${generations} pictures were exported`);
  say(
    `${generations} generations: ${number} parts of ${(storage.bytes / 1e6).toFixed(0)} MB together in ${seconds.toFixed(1)} s, peak ${megabytes.toFixed(1)} MB held above the start`,
  );
  return megabytes;
}

try {
  // What is loaded and compiled by the first run is no memory of an export.
  await peakOf(few);
  const large = await peakOf(many);
  const isMet = large <= allowedMegabytes;
  say(
    `${isMet ? 'ok  ' : 'MISS'} ${large.toFixed(1)} MB of objects are held at most (allowed ${allowedMegabytes})`,
  );
  process.exitCode = isMet ? 0 : 1;
} finally {
  await database.close();
  await service.stop();
}
