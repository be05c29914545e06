import type { Config } from '../../config/config.js';
import type { MessagingChannel } from '../ports/delivery/messaging-channel.js';
import type { PageAccess } from '../ports/delivery/page-access.js';
import { GraphApi } from './meta/graph-api.js';
import { MetaChannel } from './meta/meta-channel.js';
import { MetaPage } from './meta/meta-page.js';
import { NoChannel } from './meta/no-channel.js';
import { NoPage } from './meta/no-page.js';
import { RecorderChannel } from './recorder/recorder-channel.js';

export interface Messaging {
  readonly channel: MessagingChannel;
  readonly page: PageAccess;
}

/** The page whose messages are answered: at Meta, recorded, or none. */
export function createMessaging({ messenger, home }: Pick<Config, 'messenger' | 'home'>): Messaging {
  if (messenger === null) return { channel: new NoChannel(), page: new NoPage() };
  const { page, appSecret } = messenger;
  if (page === null) return { channel: new RecorderChannel(home), page: new NoPage() };
  const graph = new GraphApi(page, appSecret);
  return { channel: new MetaChannel(graph), page: new MetaPage(graph, page.appId) };
}
