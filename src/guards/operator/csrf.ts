import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../errors/problem.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { PublicUrl } from '../../ports/public-url.js';
import { clientContextOf } from '../../network/client-context.js';
import { crossSiteRefused } from '../guards.events.js';

const own = new Set(['same-origin', 'none']);

/**
 * CSRF protection: browsers attach Basic credentials to requests of any site. Stricter than the perimeter, which refuses
 * cross-site requests of other origins: here the origins that may call the API are refused too.
 */
@Injectable()
export class CsrfCheck {
  constructor(
    private readonly publicUrl: PublicUrl,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `cross_site_refused` */
  refuse(request: FastifyRequest): void {
    const { origin, 'sec-fetch-site': site } = request.headers;
    const isOwnSite = site === undefined || (typeof site === 'string' && own.has(site));
    const isOwnOrigin = origin === undefined || origin === new URL(this.publicUrl.get()).origin;
    if (isOwnSite && isOwnOrigin) return;
    crossSiteRefused(this.events, clientContextOf(request));
    throw new Problem('cross_site_refused');
  }
}
