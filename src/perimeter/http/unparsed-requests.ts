import { randomUUID } from 'node:crypto';
import { ServerResponse, STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ProblemCode } from '../../errors/catalogue.js';
import { Problem } from '../../errors/problem.js';
import { problemContentType, renderProblem } from '../../errors/render-problem.js';
import type { Headers } from '../policy/security-headers.js';

const ofParser: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Answers requests that the HTTP parser refused, with the same headers and a problem document. */
export function answerGarbage(headers: Headers) {
  return (error: NodeJS.ErrnoException & { rawPacket?: unknown }, socket: Socket): void => {
    // The peer has disconnected, or another answer is being written on this connection and must not be corrupted.
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    // After HEAD, a body would be read as the next response.
    const { rawPacket: packet } = error;
    const isHead = Buffer.isBuffer(packet) && packet.toString('latin1', 0, 5) === 'HEAD ';
    writeProblem(socket, new Problem(ofParser[error.code ?? ''] ?? 'bad_request'), headers, isHead);
  };
}

/** This service is no proxy; without a listener Node would close the connection without an answer. */
export function answerConnect(headers: Headers) {
  return (_request: IncomingMessage, socket: Duplex): void => {
    socket.on('error', () => socket.destroy());
    writeProblem(
      socket,
      new Problem('method_not_allowed', { headers: { allow: 'GET, HEAD, POST, PUT, DELETE, OPTIONS' } }),
      headers,
    );
  };
}

function writeProblem(socket: Duplex, problem: Problem, headers: Headers, isHead = false): void {
  const requestId = randomUUID();
  const body = renderProblem(problem, requestId);
  const lines = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    ...Object.entries({
      ...headers,
      ...problem.parts.headers,
      'x-request-id': requestId,
      'content-type': problemContentType,
      'content-length': String(Buffer.byteLength(body)),
      date: new Date().toUTCString(),
      connection: 'close',
    }).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${isHead ? '' : body}`, () => socket.destroy());
}

/** Answers requests with an unsupported Expect header. */
export function answerExpectation(headers: Headers) {
  return (_request: IncomingMessage, response: ServerResponse): void => {
    const problem = new Problem('expectation_failed');
    const requestId = randomUUID();
    const body = renderProblem(problem, requestId);
    response.writeHead(problem.status, {
      ...headers,
      'x-request-id': requestId,
      'content-type': problemContentType,
      'content-length': String(Buffer.byteLength(body)),
      connection: 'close',
    });
    response.end(body);
  };
}

/** Node stores the answer being written here, and checks it in its own handler. */
function isAnswering(socket: Socket): boolean {
  const answer: unknown = Reflect.get(socket, '_httpMessage');
  return answer instanceof ServerResponse && answer.headersSent;
}
