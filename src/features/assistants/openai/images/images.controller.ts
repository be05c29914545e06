import { Body, Controller, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { writers } from '../../../../../config/policy/accounts/roles.js';
import { openAiPrefix } from '../../../../../config/policy/perimeter/http.js';
import { SignedIn } from '../../../../guards/route/access.js';
import { CallerParam, type Caller } from '../../../../guards/route/caller.js';
import { Limit } from '../../../../guards/route/limit.js';
import { LongLived } from '../../../../guards/route/long-lived.js';
import { Scope } from '../../../../guards/route/scope.js';
import { Clock } from '../../../../ports/clock.js';
import { MediaLinks } from '../../../storage/media-links.js';
import { leavingOf } from '../calls/client-leaving.js';
import { CreateImageRequest, ImagesResponse } from './image.dto.js';
import { ImagesService } from './images.service.js';

@ApiTags('openai')
@SignedIn()
@Controller(`${openAiPrefix}/images`)
export class ImagesController {
  constructor(
    private readonly images: ImagesService,
    private readonly links: MediaLinks,
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
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImagesResponse> {
    const left = leavingOf(reply);
    const order = {
      prompt: body.prompt,
      model: body.model ?? null,
      size: body.size,
      content: body,
      isRepeated: /^[1-9]\d{0,2}$/u.test(retries ?? ''),
      key: key ?? null,
    };
    const picture = await this.images.make(caller, order, left);
    const created = Math.floor(this.clock.now() / 1000);
    if (body.response_format !== 'url')
      return { created, data: [{ b64_json: await this.images.encoded(picture, left) }] };
    const [link] = await this.links.sign([picture]);
    return { created, data: link === undefined ? [] : [{ url: link.url }] };
  }
}
