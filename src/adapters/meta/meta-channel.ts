import { messengerPolicy } from '../../../config/policy/assistants/messenger.js';
import {
  MessagingChannel,
  SendFailed,
  type OutgoingMessage,
  type PagePerson,
} from '../../ports/delivery/messaging-channel.js';
import { fieldOf, listOf, type GraphApi } from './graph-api.js';

/** The Send API of Meta's Graph API, for one page. */
export class MetaChannel extends MessagingChannel {
  constructor(private readonly graph: GraphApi) {
    super();
  }

  async send({ psid, text, metadata }: OutgoingMessage): Promise<string> {
    const answer = await this.post(
      { recipient: { id: psid }, messaging_type: 'RESPONSE', message: { text, metadata } },
      null,
    );
    const id = fieldOf(answer, 'message_id');
    // It answered 200: it was sent.
    return typeof id === 'string' ? id.slice(0, messengerPolicy.midCharacters) : '';
  }

  async idsAtPages(appUserId: string, signal: AbortSignal): Promise<readonly PagePerson[]> {
    const found: PagePerson[] = [];
    let after: string | null = null;
    for (let page = 0; page < messengerPolicy.idsPages; page++) {
      const answer: unknown = await this.graph.asPage({
        method: 'GET',
        path: `${appUserId}/ids_for_pages`,
        query: after === null ? {} : { after },
        signal,
      });
      // An answer of another shape does not say that there is nobody.
      if (!Array.isArray(fieldOf(answer, 'data'))) throw new SendFailed('unknown', null);
      for (const one of listOf(answer, 'data')) {
        const [psid, pageId] = [fieldOf(one, 'id'), fieldOf(fieldOf(one, 'page'), 'id')];
        if (typeof psid === 'string' && typeof pageId === 'string') found.push({ psid, pageId });
      }
      const paging = fieldOf(answer, 'paging');
      const next = fieldOf(fieldOf(paging, 'cursors'), 'after');
      if (fieldOf(paging, 'next') === undefined || typeof next !== 'string') return found;
      after = next;
    }
    throw new SendFailed('unknown', null);
  }

  async showTyping(psid: string, signal: AbortSignal): Promise<void> {
    await this.post({ recipient: { id: psid }, sender_action: 'typing_on' }, signal).catch(() => undefined);
  }

  private post(body: object, signal: AbortSignal | null): Promise<unknown> {
    return this.graph.asPage({ method: 'POST', path: 'me/messages', body, signal });
  }
}
