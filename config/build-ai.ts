import type { Config, LanguageModelAccess, RemoteModelAccess } from './config.js';
import type { Settings } from './environment/environment.defaults.js';
import {
  defaultModels,
  modelPrices,
  type ModelPrice,
  type RemoteProvider,
} from './policy/assistants/models.js';

/** Variables of the key of each provider. */
export const providerKeyNames = {
  gemini: 'GEMINI_API_KEY',
  openai: 'OPENAI_API_KEY',
} as const satisfies Record<RemoteProvider, keyof Settings>;

/** The model of a provider and its price; null where policy knows none. */
export function pricedModel(
  provider: RemoteProvider,
  chosen: string | undefined,
  price: ModelPrice | undefined,
): { readonly model: string; readonly price: ModelPrice | null } {
  const model = chosen ?? defaultModels[provider];
  return { model, price: price ?? modelPrices[provider].get(model) ?? null };
}

export function buildAi(settings: Settings): Config['ai'] {
  const { AI_PROVIDER: first, AI_SECOND_PROVIDER: second } = settings;
  return {
    enabled: settings.AI_ENABLED,
    first:
      first === 'none' || first === 'local'
        ? localOrNone(first)
        : remote(settings, first, settings.AI_MODEL, settings.AI_MODEL_PRICE),
    second:
      second === 'none' || first === 'none'
        ? null
        : remote(settings, second, settings.AI_SECOND_MODEL, settings.AI_SECOND_MODEL_PRICE),
    timeoutMs: settings.AI_TIMEOUT_MS,
    openAiTimeoutMs: settings.OPENAI_DOOR_TIMEOUT_MS,
    maxCallsPerMinute: settings.AI_MAX_CALLS_PER_MIN,
    maxCallsPerMinuteOther: settings.AI_MAX_CALLS_PER_MIN_OTHER,
    maxCallsPerMinutePerPsid: settings.AI_MAX_CALLS_PER_MIN_PER_PSID,
  };
}

export const buildBudgets = (settings: Settings): Config['budgets'] => ({
  ai: { daily: settings.AI_DAILY_BUDGET_USD, monthly: settings.AI_MONTHLY_BUDGET_USD },
  generations: {
    daily: settings.GENERATION_DAILY_BUDGET_USD ?? null,
    monthly: settings.GENERATION_MONTHLY_BUDGET_USD ?? null,
  },
  aiPersonDaily: settings.AI_PERSON_DAILY_BUDGET_USD,
  aiPersonMonthly: settings.AI_PERSON_MONTHLY_BUDGET_USD ?? null,
  alertShares: [...settings.BUDGET_ALERT_SHARES],
});

const localOrNone = (provider: 'local' | 'none'): LanguageModelAccess | null =>
  provider === 'local' ? { provider } : null;

/** Null without a key or a price: with AI_ENABLED=false the rules let both be missing. */
function remote(
  settings: Settings,
  provider: RemoteProvider,
  chosen: string | undefined,
  chosenPrice: ModelPrice | undefined,
): RemoteModelAccess | null {
  const key = settings[providerKeyNames[provider]];
  const { model, price } = pricedModel(provider, chosen, chosenPrice);
  if (key === undefined || price === null) return null;
  const baseUrl = provider === 'gemini' ? settings.GEMINI_BASE_URL : settings.OPENAI_BASE_URL;
  return { provider, model, price, key, baseUrl: baseUrl?.replace(/\/+$/, '') ?? null };
}
