import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../../config/config.js';
import { Log } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import { traceIdOf } from '../network/trace-id.js';
import { ClientLeft } from './client-left.js';
import { discardBody } from './discard-body.js';
import { errorAnswer } from './error-answer.js';
import { toProblem } from './to-problem.js';

/** Converts every error into a response. The cause is logged from status 500 up; the client receives the texts of the catalogue. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    // Nest does not await a filter: an unhandled rejection would end the process.
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()).catch(
      (cause: unknown) => {
        this.log.error('an error could not be answered', { cause });
      },
    );
  }

  private async answer(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (error instanceof ClientLeft) return;
    const problem = toProblem(error);
    // The client closed the connection in the middle of its request: there is nothing to log and nobody to answer.
    if (request.raw.destroyed && !request.raw.complete) return;
    this.metrics.countError(problem.code);
    if (problem.status >= 500)
      this.log.error('request failed', {
        request_id: request.id,
        trace_id: traceIdOf(request),
        code: problem.code,
        cause: problem.parts.cause,
      });
    if (problem.code === 'body_too_large') await discardBody(request.raw);
    if (reply.sent) return;
    const debug =
      this.config.debug.verboseErrors && problem.parts.cause !== undefined
        ? describe(problem.parts.cause)
        : undefined;
    const { status, headers, body } = errorAnswer(problem, {
      id: request.id,
      url: request.routeOptions.url ?? request.url,
      debug,
    });
    void reply.code(status).headers(headers).send(body);
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : 'not an error object';
}
