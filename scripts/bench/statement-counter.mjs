// Stands between an instance and its database and counts what the instance asks, by PostgreSQL's wire protocol (version 3).
import { connect, createServer } from 'node:net';

/** @returns the port to connect to, and the texts asked since the last `take()`: each is one round trip */
export async function countStatements(port) {
  let asked = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    const note = reader((text) => asked.push(text));
    near.on('data', note);
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ])
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: server.address().port,
    take() {
      const taken = asked;
      asked = [];
      return taken;
    },
    close: () => server.close(),
  };
}

/** Reads one connection's messages: `Query` is a round trip, and so is `Sync`, which ends a prepared one. */
function reader(onRoundTrip) {
  let [held, isStarted, prepared] = [Buffer.alloc(0), false, ''];
  return (part) => {
    held = Buffer.concat([held, part]);
    for (;;) {
      // The first message has no type.
      const head = isStarted ? 1 : 0;
      if (held.length < head + 4) return;
      const end = head + held.readUInt32BE(head);
      if (held.length < end) return;
      const [type, body] = [isStarted ? String.fromCharCode(held[0]) : '', held.subarray(head + 4, end)];
      if (type === 'Q') onRoundTrip(textAt(body, 0));
      if (type === 'P') prepared = textAt(body, body.indexOf(0) + 1);
      if (type === 'S') onRoundTrip(prepared);
      isStarted = true;
      held = held.subarray(end);
    }
  };
}

const textAt = (body, from) => body.toString('utf8', from, body.indexOf(0, from));
