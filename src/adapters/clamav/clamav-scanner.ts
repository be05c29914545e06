import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { scannerPolicy } from '../../../config/policy/operations/scanner.js';
import { MalwareScanner, ScannerUnavailable, type ScanResult } from '../../ports/uploads/malware-scanner.js';
import { verdictOf } from './instream-answer.js';

export interface ScannerLimits {
  readonly connectMs: number;
  readonly silenceMs: number;
  readonly wholeMs: number;
}

/** clamd over TCP, by its command INSTREAM: chunks after their length, an empty one at the end, then the verdict. One connection a file. */
export class ClamavScanner extends MalwareScanner {
  private readonly host: string;
  private readonly port: number;

  /** `address`: host or host:port; IPv6 in brackets. */
  constructor(
    address: string,
    private readonly limits: ScannerLimits = scannerPolicy,
  ) {
    super();
    const url = new URL(`tcp://${address}`);
    this.host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    this.port = url.port === '' ? scannerPolicy.port : Number(url.port);
  }

  async scan(bytes: Readable, signal: AbortSignal): Promise<ScanResult> {
    const call = new InstreamCall(this.host, this.port, this.limits, signal);
    try {
      const result = verdictOf(await call.run(bytes));
      // It cannot know what it has not read.
      if (result.isClean && !call.isWhole)
        throw new ScannerUnavailable('clamd answered before the end of the file');
      return result;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      call.end();
      bytes.destroy();
    }
  }
}

/** One connection, which ends at a timeout, at an abort and with its answer. */
class InstreamCall {
  private readonly socket: Socket;
  private readonly answer: Buffer[] = [];
  private answered = 0;
  private readonly timers: NodeJS.Timeout[];
  private readonly silence: NodeJS.Timeout;
  /** Settles when clamd closes the connection, or it fails. */
  private readonly closed: Promise<Buffer>;
  /** Whether the file was sent to its end before anything was answered. */
  isWhole = false;
  private readonly onAbort = (): void => {
    this.fail('the scan was given up', this.signal.reason);
  };

  constructor(
    host: string,
    port: number,
    { connectMs, silenceMs, wholeMs }: ScannerLimits,
    private readonly signal: AbortSignal,
  ) {
    signal.throwIfAborted();
    this.socket = connect({ host, port });
    const after = (ms: number, what: string): NodeJS.Timeout =>
      setTimeout(() => {
        this.fail(what);
      }, ms);
    const connecting = after(connectMs, 'clamd takes no connection');
    this.silence = after(silenceMs, 'clamd stands still');
    this.timers = [connecting, this.silence, after(wholeMs, 'clamd takes too long')];
    signal.addEventListener('abort', this.onAbort, { once: true });
    this.socket.once('connect', () => {
      clearTimeout(connecting);
      this.silence.refresh();
    });
    this.closed = new Promise((resolve, reject) => {
      this.socket.on('data', (part: Buffer) => {
        this.answered += part.length;
        if (this.answered > scannerPolicy.answerBytes) this.fail('the answer of clamd is no line');
        else this.answer.push(part);
      });
      this.socket.once('error', (cause) => {
        // What clamd said before it closed: it refuses what is too large while we are still sending.
        if (this.answered > 0) resolve(Buffer.concat(this.answer));
        else reject(toUnavailable(cause));
      });
      this.socket.once('close', () => {
        resolve(Buffer.concat(this.answer));
      });
    });
    this.closed.catch(() => undefined);
  }

  async run(bytes: Readable): Promise<Buffer> {
    await this.write(Buffer.from('zINSTREAM\0'));
    for await (const piece of bytes as AsyncIterable<Buffer>) {
      for (let at = 0; at < piece.length; at += scannerPolicy.chunkBytes) {
        const chunk = piece.subarray(at, at + scannerPolicy.chunkBytes);
        const length = Buffer.alloc(4);
        length.writeUInt32BE(chunk.length);
        await this.write(length);
        await this.write(chunk);
      }
      if (this.answered > 0) return this.closed;
    }
    if (this.answered === 0) {
      this.isWhole = true;
      await this.write(Buffer.alloc(4));
      // From now on it reads, and says nothing until it has: for as long as a scan may take.
      clearTimeout(this.silence);
    }
    return this.closed;
  }

  end(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.signal.removeEventListener('abort', this.onAbort);
    this.socket.destroy();
  }

  /** With back-pressure: waits until clamd reads. */
  private async write(part: Buffer): Promise<void> {
    if (this.answered > 0 || this.socket.destroyed) {
      await this.closed;
      return;
    }
    this.silence.refresh();
    if (this.socket.write(part)) return;
    await Promise.race([new Promise((resolve) => this.socket.once('drain', resolve)), this.closed]);
  }

  private fail(what: string, cause?: unknown): void {
    this.answer.length = 0;
    this.answered = 0;
    this.socket.destroy(new ScannerUnavailable(what, { cause }));
  }
}

const toUnavailable = (cause: Error): ScannerUnavailable =>
  cause instanceof ScannerUnavailable
    ? cause
    : new ScannerUnavailable('clamd is out of reach, or has hung up', { cause });
