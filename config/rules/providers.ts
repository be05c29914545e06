import { pricedModel, providerKeyNames } from '../build-ai.js';
import { isDeployed, type Settings } from '../environment/environment.defaults.js';
import type { RemoteProvider } from '../policy/assistants/models.js';
import { isLocalHost } from '../values/network-address.js';
import type { ValidationResult } from '../values/validation-result.js';
import type { Rule } from './rule.js';

export const providerKeys: Rule = (settings, result) => {
  if (settings.GENERATION_PROVIDER === 'fal' && settings.FAL_KEY === undefined) {
    result.refuse('FAL_KEY', 'is missing, and GENERATION_PROVIDER is fal', 'Make a key at fal.ai.');
  }
  if (settings.GENERATION_PROVIDER === 'canvas' && settings.FAL_KEY !== undefined) {
    result.warn('FAL_KEY is set but not used, for GENERATION_PROVIDER is canvas.');
  }
};

/** Each language model that is asked has its key, and a price for the budget. */
export const languageModels: Rule = (settings, result) => {
  // With AI_ENABLED=false no model is called, and a compromised key may be removed already.
  if (!settings.AI_ENABLED) return;
  const { AI_PROVIDER: first, AI_SECOND_PROVIDER: second } = settings;
  if (first === 'none') {
    if (second !== 'none')
      result.refuse('AI_SECOND_PROVIDER', 'is set, and AI_PROVIDER is none', 'Set a first one.');
    return;
  }
  if (first === second) {
    result.refuse('AI_SECOND_PROVIDER', 'is the first one again', 'Choose another, or none.');
  }
  if (first !== 'local') modelOf(settings, result, 'AI_', first);
  if (second !== 'none') modelOf(settings, result, 'AI_SECOND_', second);
};

function modelOf(
  settings: Settings,
  result: ValidationResult,
  prefix: 'AI_' | 'AI_SECOND_',
  provider: RemoteProvider,
): void {
  const variable = `${prefix}PROVIDER` as const;
  const key = providerKeyNames[provider];
  if (settings[key] === undefined) {
    result.refuse(key, `is missing, and ${variable} is ${provider}`, `Set it, or ${variable}=none.`);
  }
  const chosen = settings[`${prefix}MODEL`];
  if (pricedModel(provider, chosen, settings[`${prefix}MODEL_PRICE`]).price !== null) return;
  result.refuse(
    `${prefix}MODEL_PRICE`,
    `is missing, and the price of ${prefix}MODEL is unknown`,
    'Write dollars a million tokens as input/cached/output, so that the budget can hold.',
  );
}

/** A day may not cost more than a month. */
export const budgetsAgree: Rule = (settings, result) => {
  for (const kind of ['AI', 'AI_PERSON', 'GENERATION'] as const) {
    const { [`${kind}_DAILY_BUDGET_USD` as const]: day, [`${kind}_MONTHLY_BUDGET_USD` as const]: month } =
      settings;
    if (day === undefined || month === undefined || day <= month) continue;
    result.refuse(
      `${kind}_DAILY_BUDGET_USD`,
      `is above ${kind}_MONTHLY_BUDGET_USD`,
      'Lower it, or raise the month.',
    );
  }
};

export const realProviders: Rule = (settings, result) => {
  if (settings.GENERATION_PROVIDER === 'canvas') {
    result.refuse('GENERATION_PROVIDER', 'is canvas, which is for development alone', 'Set it to fal.');
  }
  if (settings.AI_ENABLED && settings.AI_PROVIDER === 'local') {
    result.refuse(
      'AI_PROVIDER',
      'is local, which is for development alone',
      'Set it to gemini, openai or none.',
    );
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
