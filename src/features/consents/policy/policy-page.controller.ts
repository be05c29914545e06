import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { consentPolicy } from '../../../../config/policy/privacy/consents.js';
import { Problem } from '../../../errors/problem.js';
import { Open } from '../../../guards/route/access.js';
import { freeText } from '../../../perimeter/output/properties.js';
import { policyCss, policyHtml } from './policy-html.js';
import { PrivacyPolicyQuery } from './privacy-policy.dto.js';
import { PolicyTexts } from './policy-texts.js';

/** The privacy policy for people; what a browser's signal is worth here is at /.well-known/gpc.json. */
@ApiTags('privacy')
@Open()
@Controller()
export class PolicyPageController {
  constructor(private readonly texts: PolicyTexts) {}

  @ApiOperation({ summary: 'Read the privacy policy' })
  @Get('privacy')
  @ApiProduces('text/html')
  @ApiOkResponse({ schema: { type: 'string', maxLength: 500_000, pattern: freeText } })
  page(@Query() { version }: PrivacyPolicyQuery, @Res({ passthrough: true }) reply: FastifyReply): string {
    const found = this.texts.find(version ?? null);
    if (found === null) throw new Problem('not_found');
    void reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache');
    const others = this.texts.versions.filter((one) => one !== found.policy.version);
    return policyHtml(found.policy, others);
  }

  @ApiOperation({ summary: 'Get the style of the privacy policy' })
  @Get('privacy/style.css')
  @ApiProduces('text/css')
  @ApiOkResponse({ schema: { type: 'string', maxLength: 10_000, pattern: freeText } })
  style(@Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/css; charset=utf-8').header('cache-control', 'public, max-age=3600');
    return policyCss;
  }

  @ApiOperation({
    summary: 'Learn that the service follows Global Privacy Control',
    description:
      'A browser that sends Sec-GPC: 1 with the token of an account objects to the sale and the sharing of its data.',
  })
  @Get('.well-known/gpc.json')
  @ApiProduces('application/json')
  @ApiOkResponse({
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['gpc', 'lastUpdate'],
      properties: {
        gpc: { type: 'boolean' },
        lastUpdate: { type: 'string', format: 'date', minLength: 10, maxLength: 10 },
      },
    },
  })
  control(@Res({ passthrough: true }) reply: FastifyReply): { gpc: boolean; lastUpdate: string } {
    void reply.header('cache-control', 'public, max-age=3600');
    return { gpc: true, lastUpdate: consentPolicy.signalsSince };
  }
}
