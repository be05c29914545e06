// Serves an MP4 of random frames with as many bytes as its argument says, and accepts uploads like Supabase Storage without
// storing them. Prints its port. A separate process, so that its memory is not counted in the benchmark.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

const bytes = Number(process.argv[2]);
const noise = randomBytes(1 << 20);

/** An MP4 box: size, name, body. */
function box(name: string, length: number, body = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(length);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, body]);
}

const brands = Buffer.from('isom\0\0\x02\0isomiso2avc1mp41', 'latin1');
const beginning = Buffer.concat([
  box('ftyp', 8 + brands.length, brands),
  box('moov', 8 + 1000, Buffer.alloc(1000)),
  box('mdat', bytes - 8 - brands.length - 1008),
]);

function* video(): Generator<Buffer> {
  yield beginning;
  for (let left = bytes - beginning.length; left > 0; left -= noise.length) yield noise.subarray(0, left);
}

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': bytes });
    Readable.from(video()).pipe(response);
    return;
  }
  let taken = 0;
  request.on('data', (piece: Buffer) => (taken += piece.length));
  request.once('end', () => {
    const isWhole = request.method !== 'POST' || taken === bytes;
    response.writeHead(isWhole ? 200 : 400, { 'content-type': 'application/json' });
    response.end(request.method === 'POST' ? '{"Key":"key","Id":"id"}' : '[]');
  });
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
