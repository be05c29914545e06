import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CONFIG, type Config } from '../../../../config/config.js';
import { Problem } from '../../../errors/problem.js';
import { Open } from '../../../guards/route/access.js';
import { freeText } from '../../../perimeter/output/properties.js';
import { Clock } from '../../../ports/clock.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { securityText } from './security-text.js';

/** Whom to tell about a vulnerability, for whoever finds one. */
@ApiTags('security')
@Open()
@Controller('.well-known')
export class SecurityTextController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'securityContact'>,
    private readonly publicUrl: PublicUrl,
    private readonly clock: Clock,
  ) {}

  @ApiOperation({
    summary: 'Learn whom to tell about a vulnerability',
    description: 'As RFC 9116 has it. 404 while SECURITY_CONTACT is not set.',
  })
  @Get('security.txt')
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string', maxLength: 2000, pattern: freeText } })
  read(@Res({ passthrough: true }) reply: FastifyReply): string {
    if (this.config.securityContact === null) throw new Problem('not_found');
    void reply.type('text/plain; charset=utf-8').header('cache-control', 'public, max-age=3600');
    return securityText(this.config.securityContact, this.publicUrl.get(), this.clock.now());
  }
}
