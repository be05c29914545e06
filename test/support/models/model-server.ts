import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { geminiWire } from './gemini-wire.js';
import { openaiWire } from './openai-wire.js';

/** Tokens as a stand-in reports them; cached ones are part of the prompt, thoughts of the output. */
export interface WireUsage {
  readonly prompt: number;
  readonly cached: number;
  readonly output: number;
  readonly thoughts: number;
}

/** A call of a tool, its input in the pieces in which it comes. */
export interface WireToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: readonly string[];
}

/** The lines of a provider's stream. */
export interface Wire {
  readonly path: RegExp;
  text(text: string): string;
  /** Tools that are called; nothing but the end follows. */
  tools(calls: readonly WireToolCall[]): readonly string[];
  end(usage: WireUsage | null, hasTools?: boolean): string;
  blockedAnswer(usage: WireUsage | null): string;
  /** A prompt that is refused as a whole; null where the protocol has no such answer. */
  blockedPrompt(): string | null;
  error(): string;
  /** The first part of an answer whose rest must be asked for. */
  continuation(): string;
}

/** What a stand-in does instead of an answer. */
export const modelFaults = [
  'hang before',
  'hang in the middle',
  'garbage',
  'reset',
  'reset in the middle',
  '429',
  '401',
  '400',
  '500',
  'empty',
  'blocked answer',
  'blocked prompt',
  'error after 200',
  'cut JSON',
  'cut off',
  'wrong content type',
  'endless line',
  'redirect',
  'continuation',
] as const;
export type ModelFault = (typeof modelFaults)[number];

export interface ModelRequestSeen {
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Whether the client closed the connection before the answer had ended. */
  left: boolean;
}

const wires: readonly Wire[] = [geminiWire, openaiWire];

/** Stands in for Gemini and OpenAI at once: their streams with their faults, on loopback. */
export class ModelServer {
  /** What comes as an answer, in pieces. */
  pieces: readonly string[] = ['The ', 'answer ', 'is 42.'];
  /** Milliseconds before the first piece, and between two. */
  firstMs = 0;
  betweenMs = 0;
  usage: WireUsage | null = { prompt: 12, cached: 4, output: 6, thoughts: 1 };
  fault: ModelFault | null = null;
  /** Instead of a text, these are called, by the next answer alone. */
  tools: readonly WireToolCall[] = [];
  readonly seen: ModelRequestSeen[] = [];
  /** Requests that went to another path: a client that follows a redirect makes one. */
  strayed = 0;
  /** Connections that were made to it, since its start. */
  connections = 0;
  private readonly leaving = new AbortController();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ModelServer> {
    const made: ModelServer[] = [];
    const server = createServer((request, response) => {
      void made[0]?.answer(request, response).catch(() => response.destroy());
    });
    // As providers keep connections: for minutes. Kept for less, one is closed while a busy machine sends on it.
    server.keepAliveTimeout = 300_000;
    made.push(new ModelServer(server));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const [one] = made;
    if (one === undefined) throw new Error('no server');
    server.on('connection', () => one.connections++);
    return one;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Back to plain answers, and nothing seen. */
  reset(): void {
    this.pieces = ['The ', 'answer ', 'is 42.'];
    this.firstMs = 0;
    this.betweenMs = 0;
    this.usage = { prompt: 12, cached: 4, output: 6, thoughts: 1 };
    this.fault = null;
    this.tools = [];
    this.seen.length = 0;
    this.strayed = 0;
  }

  async stop(): Promise<void> {
    this.leaving.abort();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wire = wires.find(({ path }) => path.test(request.url ?? ''));
    if (wire === undefined) this.strayed++;
    const body = (await json(request)) as Readonly<Record<string, unknown>>;
    if (wire === undefined) {
      response.writeHead(404).end();
      return;
    }
    const model = decodeURIComponent(wire.path.exec(request.url ?? '')?.[1] ?? String(body['model']));
    const seen: ModelRequestSeen = { model, body, headers: request.headers, left: false };
    this.seen.push(seen);
    response.on('close', () => {
      if (!response.writableFinished) seen.left = true;
    });
    await this.play(wire, request, response);
  }

  private async play(wire: Wire, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { fault, usage } = this;
    const stream = (type = 'text/event-stream'): void => {
      response.writeHead(200, { 'content-type': type });
    };
    switch (fault) {
      case 'hang before':
        return;
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case '429':
        response.writeHead(429, { 'retry-after': '7', 'content-type': 'application/json' });
        response.end('{"error":{"message":"quota of sk-secret","code":429,"status":"RESOURCE_EXHAUSTED"}}');
        return;
      case '401':
      case '400':
      case '500':
        response.writeHead(Number(fault), { 'content-type': 'application/json' });
        response.end('{"error":{"message":"no","code":1,"status":"X"}}');
        return;
      case 'garbage':
        stream();
        response.end(`data: ${'\u0001\u0002<html>'.repeat(50)}\n\n`);
        return;
      case 'wrong content type':
        stream('text/html');
        response.end('<html><body>Sign in to the network</body></html>');
        return;
      case 'redirect':
        response.writeHead(307, { location: `${this.url}/elsewhere` }).end();
        return;
      case 'endless line':
        stream();
        response.write('data: ');
        while (!response.destroyed && !this.leaving.signal.aborted) {
          if (!response.write('x'.repeat(1024 * 1024))) await drained(response);
        }
        return;
      case 'empty':
        stream();
        response.end(wire.end(usage));
        return;
      case 'blocked answer':
        stream();
        response.end(wire.blockedAnswer(usage));
        return;
      case 'blocked prompt':
        stream();
        response.end(wire.blockedPrompt() ?? wire.blockedAnswer(usage));
        return;
      case 'continuation':
        stream();
        response.end(wire.continuation());
        return;
      case 'error after 200':
        stream();
        response.end(wire.error());
        return;
      case 'cut JSON':
        stream();
        response.end(wire.text('half').slice(0, 25));
        return;
      default:
        stream();
        response.flushHeaders();
    }
    await this.pause(this.firstMs);
    const calls = this.tools;
    this.tools = [];
    if (calls.length > 0) {
      for (const line of wire.tools(calls)) response.write(line);
      response.end(wire.end(usage, true));
      return;
    }
    for (const [place, piece] of this.pieces.entries()) {
      if (place > 0) await this.pause(this.betweenMs);
      if (response.destroyed) return;
      response.write(wire.text(piece));
      if (place !== 0) continue;
      if (fault === 'hang in the middle') return;
      if (fault === 'reset in the middle') {
        await this.pause(20);
        request.socket.resetAndDestroy();
        return;
      }
      if (fault === 'cut off') {
        response.end();
        return;
      }
    }
    response.end(wire.end(usage));
  }

  private async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.leaving.signal }).catch(() => undefined);
  }
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
