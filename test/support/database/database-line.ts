import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between an instance and its database, and can cut or freeze what passes. */
export class Line {
  private readonly sockets = new Set<Socket>();
  private frozen = false;
  /** What is held back of new connections, once they have said this. */
  private heldBehind: string | null = null;
  private readonly held: (() => void)[] = [];
  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(port: number): Promise<Line> {
    const lines: Line[] = [];
    const server = createServer((near) => {
      const line = lines[0];
      if (line === undefined || line.frozen) {
        near.destroy();
        return;
      }
      const far = connect(port, '127.0.0.1');
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        line.sockets.add(from);
        let isHeld = false;
        from.on('data', (part) => {
          if (line.frozen) return;
          if (isHeld) line.held.push(() => to.write(part));
          else to.write(part);
          isHeld ||= from === near && line.heldBehind !== null && part.includes(line.heldBehind);
        });
        from.on('close', () => {
          line.sockets.delete(from);
          to.destroy();
        });
        from.on('error', () => undefined);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const line = new Line(server, typeof address === 'object' && address !== null ? address.port : 0);
    lines.push(line);
    return line;
  }

  /** Nothing passes any more; nobody is told. */
  freeze(): void {
    this.frozen = true;
  }

  /** What hung is cut, and new connections pass. */
  thaw(): void {
    this.frozen = false;
    for (const socket of this.sockets) socket.destroy();
  }

  /** From now on nothing of a client passes behind what has this text in it; whatever the database says does. */
  holdBehind(text: string): void {
    this.heldBehind = text;
  }

  /** Whether something is held back. */
  get isHolding(): boolean {
    return this.held.length > 0;
  }

  /** What was held back passes, and what comes on other connections. */
  release(): void {
    this.heldBehind = null;
    for (const pass of this.held.splice(0)) pass();
  }

  close(): void {
    this.thaw();
    this.server.close();
  }
}
