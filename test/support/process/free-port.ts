import { createServer } from 'node:net';

/** Below what the kernel gives to outgoing connections: one of those could hold the port while nobody listens to it. */
const [lowest, highest] = [20_000, 32_000];
/** Each worker of Jest chooses from a part of its own: another would find free what this one has chosen and not taken yet. */
const parts = 8;
const part = (highest - lowest) / parts;
const from = lowest + (Number(process.env['JEST_WORKER_ID'] ?? 0) % parts) * part;

/** A port of this machine that can be listened to again and again. */
export async function portBelowOutgoing(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = from + Math.floor(Math.random() * part);
    if (await isFree(port)) return port;
  }
  throw new Error('there is no free port');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
