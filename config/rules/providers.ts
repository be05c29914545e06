import { isDeployed } from '../environment/environment.defaults.js';
import { isLocalHost } from '../values/network-address.js';
import type { Rule } from './rule.js';

export const providerKeys: Rule = (settings, result) => {
  if (settings.GENERATION_PROVIDER === 'fal' && settings.FAL_KEY === undefined) {
    result.refuse('FAL_KEY', 'is missing, and GENERATION_PROVIDER is fal', 'Make a key at fal.ai.');
  }
  if (settings.GENERATION_PROVIDER === 'canvas' && settings.FAL_KEY !== undefined) {
    result.warn('FAL_KEY is set but not used, for GENERATION_PROVIDER is canvas.');
  }
  // With AI_ENABLED=false no model is called, and a compromised key may be removed already.
  if (!settings.AI_ENABLED) return;
  const keys = { gemini: 'GEMINI_API_KEY', openai: 'OPENAI_API_KEY' } as const;
  if (settings.AI_PROVIDER === 'local') return;
  const key = keys[settings.AI_PROVIDER];
  if (settings[key] === undefined) {
    result.refuse(
      key,
      `is missing, and AI_PROVIDER is ${settings.AI_PROVIDER}`,
      'Set it, choose another AI_PROVIDER, or set AI_ENABLED=false.',
    );
  }
};

export const realProviders: Rule = (settings, result) => {
  if (settings.GENERATION_PROVIDER === 'canvas') {
    result.refuse('GENERATION_PROVIDER', 'is canvas, which is for development alone', 'Set it to fal.');
  }
  if (settings.AI_ENABLED && settings.AI_PROVIDER === 'local') {
    result.refuse('AI_PROVIDER', 'is local, which is for development alone', 'Set it to gemini or openai.');
  }
};

const messenger = ['FACEBOOK_PAGE_ACCESS_TOKEN', 'FACEBOOK_VERIFY_TOKEN', 'FACEBOOK_APP_SECRET'] as const;

export const messengerComplete: Rule = (settings, result) => {
  const missing = messenger.filter((variable) => settings[variable] === undefined);
  if (missing.length === messenger.length) return;
  for (const variable of missing) {
    result.refuse(variable, 'is missing while others of Messenger are set', 'Set all three, or none.');
  }
};

const standIns = ['FAL_QUEUE_URL', 'FAL_JWKS_URL', 'GEMINI_BASE_URL', 'FACEBOOK_GRAPH_URL'] as const;

/** API keys are sent to these URLs: plain HTTP only to this machine, and in production only to the provider itself. */
export const standInsLocal: Rule = (settings, result, name) => {
  for (const variable of [...standIns, 'OPENAI_BASE_URL'] as const) {
    const url = settings[variable];
    if (url?.startsWith('http:') !== true) continue;
    const allowed = name !== 'production' && isLocalHost(new URL(url).hostname);
    if (!allowed) result.refuse(variable, 'would send a key without TLS', 'Write https://.');
  }
  if (!isDeployed(name) || name === 'production') return;
  for (const variable of [...standIns, 'FAL_MEDIA_HOSTS'] as const) {
    if (settings[variable] !== undefined)
      result.warn(`${variable} is a stand-in for tests: production refuses it.`);
  }
};

export const noStandIns: Rule = (settings, result) => {
  for (const variable of [...standIns, 'FAL_MEDIA_HOSTS'] as const) {
    if (settings[variable] !== undefined) {
      result.refuse(variable, 'is a stand-in for tests', 'Leave it empty in production.');
    }
  }
};

export const scannedUploads: Rule = (settings, result) => {
  if (settings.ENABLE_FILE_UPLOAD && settings.CLAMAV_HOST === undefined) {
    result.refuse(
      'ENABLE_FILE_UPLOAD',
      'is on without a malware scanner',
      'Set CLAMAV_HOST, or ENABLE_FILE_UPLOAD=false.',
    );
  }
};
