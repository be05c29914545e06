import { randomUUID } from 'node:crypto';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../../config/config.js';
import { requestLimits } from '../../../config/policy/perimeter/http.js';
import { unavailable } from '../../errors/problem.js';
import { errorAnswer } from '../../errors/error-answer.js';
import { toProblem } from '../../errors/to-problem.js';
import { addressReader } from '../../network/client-address.js';
import type { UnreadableAddresses } from '../../network/unreadable-addresses.js';
import { InstanceStopping, type Shutdown } from '../../tasks/shutdown.js';
import { ConnectionDrain } from './connection-drain.js';
import { Cors } from '../policy/cors.js';
import { hardenedResponse } from './hardened-response.js';
import { httpsOnly } from '../policy/https-only.js';
import { acceptJsonOnly } from './json-body.js';
import { faultOf } from './request-checks.js';
import { traceRequests } from '../hooks/trace-requests.hook.js';
import { securityHeaders } from '../policy/security-headers.js';
import { unservedBy } from './served-paths.js';
import { answerConnect, answerExpectation, answerGarbage } from './unparsed-requests.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Writes the access line of an answer that no hook sees. */
    noteAccess?: (request: FastifyRequest, reply: FastifyReply) => void;
  }
}

/** The HTTP server with the perimeter, which applies to every request before routing and authentication. */
export function createHttpServer(
  config: Config,
  unreadable: UnreadableAddresses,
  shutdown: Shutdown,
): FastifyAdapter {
  const headers = securityHeaders();
  const cors = new Cors(config);
  const adapter = new FastifyAdapter({
    // No Express middleware is used; its support would cost time on every request.
    skipMiddie: true,
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    bodyLimit: requestLimits.jsonBodyBytes,
    requestTimeout: requestLimits.requestTimeoutMs,
    keepAliveTimeout: requestLimits.keepAliveTimeoutMs,
    // Shutdown closes idle connections and lets running requests end.
    forceCloseConnections: 'idle',
    // Answered by our hook, so that the refusal has the security headers and a problem document.
    http: {
      ServerResponse: hardenedResponse(headers),
      requireHostHeader: false,
      maxHeaderSize: requestLimits.parsedHeaderBytes,
      headersTimeout: requestLimits.headerTimeoutMs,
      connectionsCheckingInterval: requestLimits.timeoutCheckMs,
    },
    clientErrorHandler: answerGarbage(headers, cors),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      refuse(error, request, reply.headers(cors.headersFor(request.headers.origin)));
    },
    // Refused by our hook as well, for the same reason.
    return503OnClosing: false,
    routerOptions: { maxParamLength: requestLimits.pathParamCharacters },
  });
  const server: FastifyInstance = adapter.getInstance();
  server.server.on('checkExpectation', answerExpectation(headers, cors));
  server.server.on('connect', answerConnect(headers, cors));
  acceptJsonOnly(server);
  if (config.tracing !== null) traceRequests(server);
  addHooks(server, config, cors, unreadable, new ConnectionDrain(server, shutdown));
  return adapter;
}

function addHooks(
  server: FastifyInstance,
  config: Config,
  cors: Cors,
  unreadable: UnreadableAddresses,
  drain: ConnectionDrain,
): void {
  const addressOf = addressReader(config.proxy, (header) => {
    unreadable.note(header);
  });
  const isInClear = httpsOnly(config);
  const notServed = unservedBy(config.server.role);
  server.decorateRequest('clientAddress');
  server.decorateRequest('traceId', '');
  server.addHook('onRequest', (request, reply, done) => {
    // Every answer, refusals included, can be read by the origins that may call.
    reply.header('x-request-id', request.id).headers(cors.headersFor(request.headers.origin));
    request.clientAddress = addressOf(request.raw.socket.remoteAddress, request.headers);
    if (drain.endsConnections) reply.header('connection', 'close');
    if (drain.isClosed) {
      done(unavailable(new InstanceStopping()));
      return;
    }
    const fault = isInClear(request) ?? faultOf(request) ?? notServed(request);
    if (fault !== null) done(fault);
    else if (!cors.answerPreflight(request, reply)) done();
  });
}

/** For errors that Fastify raises before its hooks run. */
function refuse(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  reply.raw.once('finish', () => {
    request.server.noteAccess?.(request, reply);
  });
  const { status, headers, body } = errorAnswer(problem, {
    id: request.id,
    url: request.routeOptions.url ?? request.url,
  });
  void reply
    .code(status)
    .headers({ ...headers, 'x-request-id': request.id })
    .send(body);
}
