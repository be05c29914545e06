import { Body, Controller, Headers, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { writers } from '../../../../../config/policy/accounts/roles.js';
import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import { openAiPrefix } from '../../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../../guards/route/caller.js';
import { Limit } from '../../../../guards/route/limit.js';
import { LongLived } from '../../../../guards/route/long-lived.js';
import { Scope } from '../../../../guards/route/scope.js';
import { RateLimiter } from '../../../../perimeter/limits/rate-limiter.js';
import { Clock } from '../../../../ports/clock.js';
import { MediaLinks } from '../../../storage/media-links.js';
import { fault } from '../openai-request.js';
import { leavingOf } from '../calls/client-leaving.js';
import { base64Length, base64Stream } from './base64-stream.js';
import { CreateImageRequest, ImagesResponse } from './image.dto.js';
import { ImagesService } from './images.service.js';

@ApiTags('openai')
@SignedIn()
@Controller(`${openAiPrefix}/images`)
export class ImagesController {
  constructor(
    private readonly images: ImagesService,
    private readonly links: MediaLinks,
    private readonly limiter: RateLimiter,
    private readonly clock: Clock,
  ) {}

  @SignedIn(...writers)
  @Scope('openai')
  @LongLived()
  @ApiOperation({
    summary: 'Generate a picture, as OpenAI does',
    description:
      'A generation that is waited for, within OPENAI_DOOR_TIMEOUT_MS. Errors have the shape of OpenAI. A client that goes away ends nothing: the picture is made, paid, and listed with GET /generations. A repeated call (`x-stainless-retry-count` of 1 or more, the same body, within ten minutes) joins the first one.',
  })
  @Post('generations')
  @Limit('generation_create')
  @HttpCode(200)
  @ApiHeader({
    name: 'X-Stainless-Retry-Count',
    required: false,
    description: 'Set by the clients of OpenAI: how often they have sent this call before.',
    schema: { type: 'string', maxLength: 3, pattern: '^[0-9]{1,3}$' },
  })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The same request with the same key is one picture, for a day.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7E]+$' },
  })
  @ApiOkResponse({ type: ImagesResponse })
  async create(
    @CallerParam() caller: Caller,
    @Body() body: CreateImageRequest,
    @Headers('x-stainless-retry-count') retries: string | undefined,
    @Headers('idempotency-key') key: string | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const order = {
      prompt: body.prompt,
      model: body.model ?? null,
      size: body.size ?? null,
      content: body,
      repetition: toRepetition(retries),
      key: key ?? null,
    };
    const { picture, isJoined } = await this.images.make(caller, order, leavingOf(reply));
    // A joined call ordered nothing: it is not counted by the limit.
    if (isJoined) await this.limiter.giveBack(request);
    const created = Math.floor(this.clock.now() / 1000);
    if (body.response_format === 'url') {
      const [link] = await this.links.sign([picture]);
      const answer: ImagesResponse = { created, data: link === undefined ? [] : [{ url: link.url }] };
      await reply.send(answer);
      return;
    }
    const [before, after] = [`{"created":${created},"data":[{"b64_json":"`, '"}]}'];
    const bytes = await this.images.open(picture);
    // A client that does not read keeps a stream open, and no longer than this.
    const deadline = setTimeout(() => reply.raw.destroy(), openAiPolicy.imageSendMs).unref();
    reply.raw.once('close', () => {
      clearTimeout(deadline);
    });
    await reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('content-length', before.length + base64Length(picture.bytes) + after.length)
      .send(base64Stream(before, bytes, after));
  }
}

/** @throws Problem `validation_failed` */
function toRepetition(retries: string | undefined): number {
  if (retries === undefined) return 0;
  if (!/^\d{1,3}$/u.test(retries)) throw fault('x-stainless-retry-count', 'malformed', 'must be a number');
  return Number(retries);
}
