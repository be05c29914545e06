import type { ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

// Every context here is one of HTTP. `switchToHttp` would say the same and make four closures each time.

export const requestOf = (context: ExecutionContext): FastifyRequest =>
  context.getArgByIndex<FastifyRequest>(0);

export const replyOf = (context: ExecutionContext): FastifyReply => context.getArgByIndex<FastifyReply>(1);
