import type { ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

// Every context here is HTTP. `switchToHttp` gives the same and allocates four closures per call.

export const requestOf = (context: ExecutionContext): FastifyRequest =>
  context.getArgByIndex<FastifyRequest>(0);

export const replyOf = (context: ExecutionContext): FastifyReply => context.getArgByIndex<FastifyReply>(1);
