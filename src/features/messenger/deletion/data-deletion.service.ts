import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { deletionPath } from '../../../../config/policy/perimeter/http.js';
import { bytesToUuid } from '../../../crypto/uuid.js';
import { Problem } from '../../../errors/problem.js';
import type { ClientContext } from '../../../network/client-context.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { webhookRefused } from '../../../observability/webhook.events.js';
import { PublicUrl } from '../../../ports/public-url.js';
import { MessengerIds } from '../people/messenger-ids.js';
import { DeletionsRepository, type Deletion } from './deletions.repository.js';
import { readSignedRequest } from './signed-request.js';

/** Where a request stands, and by which code it is asked for. */
export interface ReceivedDeletion {
  readonly code: string;
  readonly url: string;
}

/** Meta passes on that somebody wants to have everything deleted: stored, acknowledged, then carried out. */
@Injectable()
export class DataDeletion {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'messenger'>,
    private readonly deletions: DeletionsRepository,
    private readonly ids: MessengerIds,
    private readonly publicUrl: PublicUrl,
    private readonly events: SecurityEvents,
  ) {}

  /** @throws Problem `signature_missing`, `signature_invalid`; what the database throws */
  async receive(form: string, client: ClientContext): Promise<ReceivedDeletion> {
    const request = readSignedRequest(form, this.config.messenger?.appSecret.reveal() ?? null);
    if (request.verdict !== 'valid') {
      webhookRefused(this.events, client, 'messenger', `deletion ${request.verdict}`);
      throw new Problem(request.verdict === 'missing' ? 'signature_missing' : 'signature_invalid');
    }
    // A request that is sent again is the same one, however often somebody has it.
    const code = bytesToUuid(this.ids.hashOf('deletion', form));
    await this.deletions.add(code, this.ids.seal(request.appUserId, 'app user', code));
    return { code, url: `${this.publicUrl.get()}/${deletionPath}/${code}` };
  }

  /** @throws Problem `not_found` */
  async find(code: string): Promise<Deletion> {
    const deletion = await this.deletions.find(code);
    if (deletion === null) throw new Problem('not_found');
    return deletion;
  }
}
