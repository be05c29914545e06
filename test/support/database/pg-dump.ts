import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { pgDump } from '@electric-sql/pglite-tools/pg_dump';

const memoryBytes = 32 * 1024 * 1024;
const answerMs = 30_000;

/**
 * The schema `velro` of a database as the pg_dump of PostgreSQL writes it, compiled to WebAssembly. It asks an embedded database and waits for each answer,
 * which a thread fetches from the real one.
 */
export async function schemaDumpOf(url: string): Promise<string> {
  const memory = new SharedArrayBuffer(8 + memoryBytes);
  const flags = new Int32Array(memory, 0, 2);
  const worker = new Worker(join(import.meta.dirname, 'pg-dump.worker.ts'), { workerData: { url, memory } });
  try {
    await once(worker, 'message');
    const database = {
      query: () => Promise.resolve({ rows: [{ search_path: 'public' }] }),
      exec: () => Promise.resolve([]),
      execProtocolRawStream: (
        sent: Uint8Array,
        { onRawData }: { readonly onRawData: (bytes: Uint8Array) => void },
      ): void => {
        Atomics.store(flags, 0, 0);
        worker.postMessage(Uint8Array.from(sent));
        if (Atomics.wait(flags, 0, 0, answerMs) === 'timed-out')
          throw new Error('the database did not answer');
        onRawData(new Uint8Array(memory, 8, flags[1]).slice());
      },
    };
    const pg = database as unknown as Parameters<typeof pgDump>[0]['pg'];
    return await (await pgDump({ pg, args: ['--schema-only', '-n', 'velro'] })).text();
  } finally {
    await worker.terminate();
  }
}
