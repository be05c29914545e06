import { connect, type Socket } from 'node:net';
import type { Scenario } from '../scenario.ts';

const senders = 200;
const everyMs = 1000;

/** Connections that send a header without an end, a byte a second ("slowloris"). The service ends each of them, and they come again. */
export const slowSenders: Scenario = {
  name: 'slow senders',
  while: `${senders} connections send the head of a request, a byte a second`,
  timesAtMost: 4,
  begin(service) {
    const { hostname, port } = new URL(service.url);
    const open = new Set<Socket>();
    let [opened, ended, isOver] = [0, 0, false];
    const add = (at: number): void => {
      opened++;
      const socket = connect({ host: hostname, port: Number(port), localAddress: `127.77.0.${1 + at}` });
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        if (isOver) return;
        ended++;
        add(at);
      });
      socket.resume();
      socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    };
    for (let at = 0; at < senders; at++) add(at);
    const drip = setInterval(() => {
      for (const socket of open) socket.write('a');
    }, everyMs);
    return Promise.resolve(() => {
      isOver = true;
      clearInterval(drip);
      const held = open.size;
      for (const socket of open) socket.destroy();
      return Promise.resolve({
        text: `${held} connections held at the end, ${ended} ended by the service and opened again`,
        faults: opened < senders ? ['not every connection was opened'] : [],
      });
    });
  },
};
