import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../../errors/problem.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { PublicUrl } from '../../ports/public-url.js';

const own = new Set(['same-origin', 'none']);

/**
 * A browser sends Basic credentials along with whatever page asks it to. What another site began is refused, by the word
 * of the browser (Fetch Metadata) and by the Origin; programs send neither.
 */
@Injectable()
export class CsrfCheck {
  constructor(
    private readonly publicUrl: PublicUrl,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `cross_site_refused` */
  refuse({ headers, clientAddress, id }: FastifyRequest): void {
    const { origin, 'sec-fetch-site': site } = headers;
    const isOwnSite = site === undefined || (typeof site === 'string' && own.has(site));
    const isOwnOrigin = origin === undefined || origin === new URL(this.publicUrl.get()).origin;
    if (isOwnSite && isOwnOrigin) return;
    // No signal: the address is that of the operator, whose browser was used.
    this.events.record({
      event: 'malicious_csrf',
      level: 'MEDIUM',
      text: 'OPERATOR cross-site request refused',
      sourceIp: clientAddress.ip,
      requestId: id,
      response: 'refused',
    });
    throw new Problem('cross_site_refused');
  }
}
