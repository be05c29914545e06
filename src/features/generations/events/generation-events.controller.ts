import { Controller, Get, Headers, Res } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiProduces,
  ApiTags,
  ApiOperation,
  ApiExtraModels,
  ApiHeader,
  refs,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { apiPrefix } from '../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../guards/route/caller.js';
import { LongLived } from '../../../guards/route/long-lived.js';
import { Scope } from '../../../guards/route/scope.js';
import { IdParam } from '../../../perimeter/input/id-param.js';
import { generationEvents } from './generation-events.dto.js';
import { GenerationEvents, noEvent } from './generation-events.js';

@ApiTags('generations')
@SignedIn()
@Controller(`${apiPrefix}/generations`)
export class GenerationEventsController {
  constructor(private readonly events: GenerationEvents) {}

  @LongLived()
  @Scope('generations:read')
  @ApiOperation({
    summary: 'Follow a generation',
    description:
      'A stream of server-sent events. Read it with `fetch`: the token goes into the Authorization header, never into the URL.',
  })
  @Get(':id/events')
  @ApiProduces('text/event-stream')
  @ApiExtraModels(...generationEvents)
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'The id of the last event received: what came before it is not sent again.',
    schema: { type: 'string', maxLength: 9, pattern: '^[0-9]*$' },
  })
  @ApiOkResponse({
    schema: { oneOf: refs(...generationEvents) },
    description:
      'Events `status`, `progress`, `completed`, `failed`, `cancelled`; each carries the generation. Ends with the generation or with the token; Last-Event-ID resumes it. The schema is that of one event; lines that begin with a colon keep the connection alive.',
  })
  @ApiNoContentResponse({ description: 'The last event was received already: do not reconnect.' })
  async watch(
    @CallerParam() caller: Caller,
    @IdParam() id: string,
    @Headers('last-event-id') last: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const lastEventId = last !== undefined && /^\d{1,9}$/.test(last) ? Number(last) : noEvent;
    await this.events.watch(caller, id, lastEventId, reply);
  }
}
