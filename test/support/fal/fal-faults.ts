import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';

export type FalOperation = 'submit' | 'status' | 'result' | 'cancel' | 'jwks' | 'media';

/** `when`: before or after the operation has had its effect. */
export type FalFault =
  /** Never a byte; the operation has had its effect. */
  | { readonly kind: 'hang' }
  /** Milliseconds before a right answer. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Half an answer, and then nothing for ever. */
  | { readonly kind: 'drip' }
  /** Half an answer, and then the connection ends. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly when: 'before' | 'after';
      readonly body?: unknown;
    }
  /** `retryAfter`: the header, as text. */
  | { readonly kind: 'busy'; readonly retryAfter: string }
  /** 200 with HTML. */
  | { readonly kind: 'garbage' }
  /** 200 with JSON that begins well and does not end before 64 MB. */
  | { readonly kind: 'huge' }
  | { readonly kind: 'redirect'; readonly to: string; readonly status: number }
  /** A right answer that somebody has changed. */
  | { readonly kind: 'bent'; readonly bend: (answer: unknown) => unknown };

/** What goes wrong next. */
export class FalFaults {
  private readonly set = new Map<FalOperation, { readonly fault: FalFault; left: number }>();
  /** How many operations had a fault. */
  met = 0;

  /** From now on, `times` times. */
  on(operation: FalOperation, fault: FalFault, times = Infinity): void {
    this.set.set(operation, { fault, left: times });
  }

  clear(): void {
    this.set.clear();
  }

  take(operation: FalOperation): FalFault | null {
    const entry = this.set.get(operation);
    if (entry === undefined || entry.left <= 0) return null;
    entry.left -= 1;
    this.met += 1;
    return entry.fault;
  }
}

/** An answer that is ready to be sent. Its body: bytes as they are, null as nothing, anything else as JSON. */
export interface FalAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with what `work` does, or as the fault says. */
export async function answerWith(
  fault: FalFault | null,
  request: IncomingMessage,
  response: ServerResponse,
  work: () => FalAnswer,
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      send(response, work());
      return;
    case 'slow':
      await sleep(fault.ms, undefined, { ref: false });
      send(response, work());
      return;
    case 'hang':
      work();
      return;
    case 'drip':
    case 'cut': {
      const { status, body, headers } = work();
      const bytes = bytesOf(body);
      response.writeHead(status, {
        'content-type': 'application/json',
        ...headers,
        'content-length': bytes.length,
      });
      response.write(bytes.subarray(0, bytes.length / 2), () => {
        if (fault.kind === 'cut') request.socket.destroy();
      });
      return;
    }
    case 'reset':
      if (fault.when === 'after') work();
      request.socket.resetAndDestroy();
      return;
    case 'error':
      if (fault.when === 'after') work();
      send(response, {
        status: fault.status,
        body: fault.body === undefined ? { detail: 'broken', error_type: 'internal_error' } : fault.body,
      });
      return;
    case 'busy':
      send(response, {
        status: 429,
        body: { detail: 'slow down' },
        headers: { 'retry-after': fault.retryAfter },
      });
      return;
    case 'garbage':
      work();
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>all is well</html>');
      return;
    case 'huge':
      work();
      await sendHuge(response);
      return;
    case 'redirect':
      response.writeHead(fault.status, { location: fault.to }).end();
      return;
    case 'bent': {
      const answer = work();
      send(response, { ...answer, body: fault.bend(answer.body) });
    }
  }
}

export function send(response: ServerResponse, { status, body, headers = {} }: FalAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytesOf(body));
}

const bytesOf = (body: unknown): Buffer => {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(body === null ? '' : JSON.stringify(body));
};

const hugeParts = 1024;
const hugePart = Buffer.alloc(65_536, 'a');

async function sendHuge(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"request_id":"');
  for (let part = 0; part < hugeParts && !response.destroyed; part += 1) {
    if (response.write(hugePart)) continue;
    await new Promise<void>((resolve) => {
      response.once('drain', resolve).once('close', resolve);
    });
  }
  response.end('"}');
}
