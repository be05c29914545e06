import type { PrivacyPolicy } from './privacy-policy.js';
import { privacyPolicy20261128 } from './versions/2026-11-28.js';

/** Every version that was ever shown, the latest first. A new text is a new version (`npm run privacy-policy`); none is ever changed or removed. */
export const policyVersions: readonly [PrivacyPolicy, ...PrivacyPolicy[]] = [privacyPolicy20261128];
