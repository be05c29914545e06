import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface ReceivedMail {
  readonly from: string;
  readonly to: string;
  /** Headers and body as they came. */
  readonly data: string;
}

export type SmtpFault = 'none' | 'hang' | 'reset' | 'busy' | 'garbage' | 'drip' | 'close';

/** A mail server that speaks SMTP (RFC 5321) as far as a submission needs it, and can be in trouble. */
export class SmtpServer {
  readonly received: ReceivedMail[] = [];
  /** Connections that were opened. */
  connections = 0;
  private trouble: SmtpFault = 'none';
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<SmtpServer> {
    const server = createServer((socket) => {
      smtp.serve(socket);
    });
    const smtp = new SmtpServer(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return smtp;
  }

  get fault(): SmtpFault {
    return this.trouble;
  }

  /** Ends the connections that are open: clients keep them for the next mail. */
  set fault(fault: SmtpFault) {
    this.trouble = fault;
    this.cut();
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  to(address: string): ReceivedMail[] {
    return this.received.filter(({ to }) => to === address);
  }

  /** What the link of the first mail to an address carries behind `#token=`; '' before it came. */
  tokenTo(address: string): string {
    // Quoted-printable (RFC 2045): a soft line break may stand anywhere in the link.
    const text = (this.to(address)[0]?.data ?? '').replace(/=\r?\n/g, '').replaceAll('=3D', '=');
    return /#token=([0-9a-f]+)/.exec(text)?.[1] ?? '';
  }

  /** Connections that are open. */
  get open(): number {
    return this.sockets.size;
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private serve(socket: Socket): void {
    this.connections++;
    this.sockets.add(socket.setEncoding('utf8').on('error', () => undefined));
    socket.once('close', () => this.sockets.delete(socket));
    if (this.fault === 'hang') return;
    if (this.fault === 'close') {
      socket.end();
      return;
    }
    if (this.fault === 'reset') {
      socket.resetAndDestroy();
      return;
    }
    if (this.fault === 'garbage') {
      socket.write('\u0000\u0001 not a mail server\r\n');
      return;
    }
    socket.write('220 mail.example ESMTP\r\n');
    let [text, inData, from, to] = ['', false, '', ''];
    socket.on('data', (part: string) => {
      text += part;
      for (;;) {
        const end = text.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const line = text.slice(0, end);
        text = text.slice(end + (inData ? 5 : 2));
        if (inData) {
          inData = false;
          this.received.push({ from, to, data: line });
          socket.write('250 accepted\r\n');
          continue;
        }
        const command = line.slice(0, 4).toUpperCase();
        const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
        if (command === 'MAIL') from = address;
        if (command === 'RCPT') to = address;
        if (command === 'DATA') inData = true;
        if (command === 'MAIL' && this.fault === 'drip') {
          // An answer of many lines that never ends.
          const dripping = setInterval(() => socket.write('250-wait\r\n'), 50);
          socket.once('close', () => {
            clearInterval(dripping);
          });
          return;
        }
        if (command === 'QUIT') socket.end('221 bye\r\n');
        else if (command === 'MAIL' && this.fault === 'busy') socket.write('451 try again later\r\n');
        else socket.write(command === 'DATA' ? '354 go on\r\n' : '250 ok\r\n');
      }
    });
  }
}
