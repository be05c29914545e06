import { messengerPolicy } from '../../../config/policy/assistants/messenger.js';
import { dateOfSeconds } from '../../../config/values/unix-time.js';
import { SendFailed } from '../../ports/delivery/messaging-channel.js';
import { PageAccess, type PageToken } from '../../ports/delivery/page-access.js';
import { fieldOf, listOf, type GraphApi } from './graph-api.js';

const path = 'me/subscribed_apps';
const fields = messengerPolicy.subscribedFields;

/** The page at Meta: `debug_token` and `subscribed_apps` of the Graph API. */
export class MetaPage extends PageAccess {
  constructor(
    private readonly graph: GraphApi,
    private readonly appId: string | null,
  ) {
    super();
  }

  async token(signal: AbortSignal): Promise<PageToken | null> {
    if (this.appId === null) return null;
    const data = fieldOf(await this.graph.aboutPageToken(this.appId, signal), 'data');
    const isValid = fieldOf(data, 'is_valid');
    // An answer of another shape says nothing about the token.
    if (typeof isValid !== 'boolean') throw new SendFailed('unknown', null);
    return {
      isValid,
      // Meta writes zero for never.
      expiresAt: dateOfSeconds(fieldOf(data, 'expires_at')),
      dataAccessExpiresAt: dateOfSeconds(fieldOf(data, 'data_access_expires_at')),
    };
  }

  async isSubscribed(signal: AbortSignal): Promise<boolean> {
    const answer = await this.graph.asPage({ method: 'GET', path, signal });
    if (fieldOf(answer, 'data') === undefined) throw new SendFailed('unknown', null);
    return listOf(answer, 'data')
      .filter((app) => this.appId === null || fieldOf(app, 'id') === this.appId)
      .some((app) => {
        const subscribed = new Set(listOf(app, 'subscribed_fields'));
        return fields.every((field) => subscribed.has(field));
      });
  }

  async subscribe(signal: AbortSignal): Promise<void> {
    const query = { subscribed_fields: fields.join(',') };
    await this.graph.asPage({ method: 'POST', path, query, signal });
  }
}
