import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';

/** A route whose answer clients may keep and ask for again by its tag: see `answerFromCaches`. */
export const Catalogue = (): MethodDecorator =>
  applyDecorators(
    RouteConfig({ isCatalogue: true }),
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      description: 'The `ETag` of the answer that the client has.',
      schema: { type: 'string', maxLength: 1000, pattern: '^[ -~]*$' },
    }),
    ApiResponse({ status: 304, description: 'The client has the present answer.' }),
  );

/** `config`: of a route as Fastify has it. */
export const isCatalogue = (config: unknown): boolean =>
  typeof config === 'object' && config !== null && 'isCatalogue' in config && config.isCatalogue === true;
