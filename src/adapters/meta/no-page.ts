import { SendFailed } from '../../ports/delivery/messaging-channel.js';
import { PageAccess } from '../../ports/delivery/page-access.js';

/** Where no page is configured. */
export class NoPage extends PageAccess {
  token(): Promise<null> {
    return Promise.resolve(null);
  }

  isSubscribed(): Promise<never> {
    return Promise.reject(new SendFailed('refused', null));
  }

  subscribe(): Promise<never> {
    return Promise.reject(new SendFailed('refused', null));
  }
}
