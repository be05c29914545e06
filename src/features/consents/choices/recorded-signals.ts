import { Injectable } from '@nestjs/common';
import { consentPolicy } from '../../../../config/policy/privacy/consents.js';
import { BoundedCache } from '../../../cache/bounded-cache.js';
import { Log } from '../../../observability/log.js';
import { PrivacySignals } from '../../../ports/accounts/privacy-signals.js';
import { ConsentsService } from '../consents.service.js';

/** Records each account's signal once; an instance remembers for which it did. */
@Injectable()
export class RecordedSignals extends PrivacySignals {
  private readonly known = new BoundedCache<'recorded' | 'failed'>(consentPolicy.rememberedSignals);

  constructor(
    private readonly consents: ConsentsService,
    private readonly log: Log,
  ) {
    super();
  }

  override noteObjection(userId: string, requestId: string): void {
    if (this.known.get(userId) === 'recorded') return;
    this.known.set(userId, 'recorded');
    this.consents.objectBySignal(userId).catch((cause: unknown) => {
      // The next token of the person tries again.
      this.known.set(userId, 'failed');
      this.log.warn('a signal of a browser (Sec-GPC) was not recorded', { request_id: requestId, cause });
    });
  }
}
