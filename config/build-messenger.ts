import type { Config } from './config.js';
import type { Settings } from './environment/environment.defaults.js';
import { deriveKey } from './secrets/derived-key.js';
import { Secret } from './values/secret.js';

const graphUrl = 'https://graph.facebook.com';

/** `local`: from which development derives what Meta would know, to record what it would send; null where that is not wanted. */
export function buildMessenger(settings: Settings, local: Secret | null): Config['messenger'] {
  const pageAccessToken = settings.FACEBOOK_PAGE_ACCESS_TOKEN;
  const verifyToken = settings.FACEBOOK_VERIFY_TOKEN;
  const appSecret = settings.FACEBOOK_APP_SECRET;
  if (pageAccessToken !== undefined && verifyToken !== undefined && appSecret !== undefined)
    return {
      verifyToken,
      appSecret,
      page: {
        accessToken: pageAccessToken,
        appId: settings.FACEBOOK_APP_ID ?? null,
        graphUrl: settings.FACEBOOK_GRAPH_URL ?? graphUrl,
      },
    };
  if (local === null) return null;
  const derived = (use: string): Secret => new Secret(deriveKey(local, `messenger/${use}`).toString('hex'));
  return { verifyToken: derived('verify token'), appSecret: derived('app secret'), page: null };
}
