import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ProblemCode } from '../errors/catalogue.js';
import { Problem } from '../errors/problem.js';
import { problemContentType, renderProblem } from '../errors/render-problem.js';
import type { Headers } from './security-headers.js';

const ofParser: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** Answers what the HTTP parser refused, before there is a request: same headers, same kind of document. */
export function answerGarbage(headers: Headers) {
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // Nothing can be said to a peer that hung up.
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const problem = new Problem(ofParser[error.code ?? ''] ?? 'bad_request');
    const requestId = randomUUID();
    const body = renderProblem(problem, requestId);
    const lines = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
      ...Object.entries({
        ...headers,
        'x-request-id': requestId,
        'content-type': problemContentType,
        'content-length': String(Buffer.byteLength(body)),
        date: new Date().toUTCString(),
        connection: 'close',
      }).map(([name, value]) => `${name}: ${value}`),
    ];
    socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
  };
}

/** Answers requests that expect what we do not do. */
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
