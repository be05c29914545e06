import { randomUUID } from 'node:crypto';
import { ServerResponse, STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem } from '../../errors/problem.js';
import { errorAnswer } from '../../errors/error-answer.js';
import type { Cors } from '../policy/cors.js';
import type { Headers } from '../policy/security-headers.js';

const ofParser: Readonly<Record<string, 'headers_too_large' | 'request_timeout'>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Connections that end once the requests before the refused bytes are answered. */
const ending = new WeakSet<Duplex>();

/** Answers requests that the HTTP parser refused, with the same headers and a problem document. */
export function answerGarbage(headers: Headers, cors: Cors) {
  return (error: NodeJS.ErrnoException & { rawPacket?: unknown }, socket: Socket): void => {
    const { code, rawPacket } = error;
    if (code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    // The parser reports every further packet as well.
    if (ending.has(socket)) return;
    const packet = Buffer.isBuffer(rawPacket) ? rawPacket : Buffer.alloc(0);
    // After HEAD, a body would be read as the next response.
    const isHead = packet.toString('latin1', 0, 5) === 'HEAD ';
    const problem = new Problem(ofParser[code ?? ''] ?? 'bad_request');
    const write = (): void => {
      writeProblem(socket, problem, { ...headers, ...cors.headersForBytes(packet) }, isHead);
    };
    // Without a request before it, the answer is the problem; behind one that was answered, the end of the connection.
    if (answerOf(socket) === null) write();
    else
      endBehindAnswers(socket, write, () => {
        socket.destroySoon();
      });
  };
}

/** This service is no proxy; without a listener Node would close the connection without an answer. */
export function answerConnect(headers: Headers, cors: Cors) {
  return (request: IncomingMessage, socket: Duplex): void => {
    socket.on('error', () => socket.destroy());
    const write = (): void => {
      writeProblem(
        socket,
        new Problem('method_not_allowed', { headers: { allow: 'GET, HEAD, POST, PUT, DELETE, OPTIONS' } }),
        { ...headers, ...cors.headersForMessage(request) },
      );
    };
    endBehindAnswers(socket, write, write);
  };
}

/**
 * Requests that came whole take effect, so they are answered first, however many are in flight; a request that was cut
 * within gets `refuse`. `end` runs when all are answered. An answer that is being streamed has no end to wait for: its
 * connection is closed at once.
 */
function endBehindAnswers(socket: Duplex, refuse: () => void, end: () => void): void {
  ending.add(socket);
  const answer = answerOf(socket);
  if (socket.destroyed) return;
  if (answer === null) end();
  else if (answer.headersSent && !answer.writableEnded) socket.destroy();
  else if (!answer.req.complete && !answer.writableEnded) refuse();
  else
    answer.once('close', () => {
      endBehindAnswers(socket, refuse, end);
    });
}

function writeProblem(socket: Duplex, problem: Problem, headers: Headers, isHead = false): void {
  const requestId = randomUUID();
  const answer = errorAnswer(problem, { id: requestId, url: undefined });
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    ...Object.entries({
      ...headers,
      ...answer.headers,
      'x-request-id': requestId,
      'content-length': String(Buffer.byteLength(answer.body)),
      date: new Date().toUTCString(),
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${isHead ? '' : answer.body}`, () => socket.destroy());
}

/** Answers requests with an unsupported Expect header. */
export function answerExpectation(headers: Headers, cors: Cors) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const problem = new Problem('expectation_failed');
    const requestId = randomUUID();
    const answer = errorAnswer(problem, { id: requestId, url: request.url });
    response.writeHead(answer.status, {
      ...headers,
      ...cors.headersForMessage(request),
      ...answer.headers,
      'x-request-id': requestId,
      'content-length': String(Buffer.byteLength(answer.body)),
      connection: 'close',
    });
    response.end(answer.body);
  };
}

/** Node keeps the answer that the connection waits for here; those of pipelined requests take its place in turn. */
function answerOf(socket: Duplex): ServerResponse | null {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  return answer instanceof ServerResponse ? answer : null;
}
