import { spawn, type ChildProcess } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { until } from '../process/wait-until.js';

const listening = `const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  console.log(server.address().port);
});`;

/**
 * A port at which attempts to connect are dropped without an answer, as behind a firewall: its process is stopped, and what the system
 * would accept for it is used up. On Linux.
 */
export class DroppedConnections {
  private readonly sockets: Socket[] = [];

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<DroppedConnections> {
    const child = spawn(process.execPath, ['-e', listening], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const dropped = new DroppedConnections(child, Number(line));
    child.kill('SIGSTOP');
    let connected = 0;
    for (let made = 0; made < 8; made++)
      dropped.sockets.push(
        connect(dropped.port, '127.0.0.1', () => connected++).on('error', () => undefined),
      );
    await until(() => connected === 2, 'what the system accepts');
    return dropped;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    this.child.kill('SIGKILL');
  }
}
