import { canary } from './environments.js';
import { refuses, type Refusal } from './refusal.js';

const amounts = ['-1', '1e3', '0x5', '1,5', '1.2345678', '12345678', 'five', ' ', '$5'].filter(
  (text) => text.trim() !== '',
);
const prices = ['1', '1/2/3/4', '1/x', '0.0001/1', '-1/2', '/'];
const shares = ['0.8,0.5', '0', '1.5', '0.5,0.5', 'half', '0.5,,x'];

/** Rows about language models and their budgets. */
export const assistantsRefusals: readonly Refusal[] = [
  refuses('production', 'an unknown language provider', 'AI_PROVIDER', canary()),
  refuses('production', 'a model with a blank in its name', 'AI_MODEL', `gemini ${canary()}`),
  {
    title: 'a model whose price nobody knows',
    environment: 'production',
    changes: { AI_MODEL: 'gemini-of-tomorrow' },
    names: ['AI_MODEL_PRICE'],
  },
  {
    title: 'a second model whose price nobody knows',
    environment: 'production',
    changes: {
      AI_SECOND_PROVIDER: 'openai',
      OPENAI_API_KEY: `sk-${canary()}`,
      AI_SECOND_MODEL: 'constructor',
    },
    names: ['AI_SECOND_MODEL_PRICE'],
  },
  {
    title: 'a second provider without its key',
    environment: 'production',
    changes: { AI_SECOND_PROVIDER: 'openai' },
    names: ['OPENAI_API_KEY'],
  },
  refuses('production', 'the first provider as the second one', 'AI_SECOND_PROVIDER', 'gemini'),
  {
    title: 'a second provider without a first one',
    environment: 'production',
    changes: { AI_PROVIDER: 'none', AI_SECOND_PROVIDER: 'openai', OPENAI_API_KEY: `sk-${canary()}` },
    names: ['AI_SECOND_PROVIDER'],
  },
  {
    title: 'a day that may cost more than its month',
    environment: 'production',
    changes: { AI_DAILY_BUDGET_USD: '51' },
    names: ['AI_DAILY_BUDGET_USD'],
  },
  {
    title: 'a day of one person that may cost more than their month',
    environment: 'production',
    changes: { AI_PERSON_DAILY_BUDGET_USD: '2', AI_PERSON_MONTHLY_BUDGET_USD: '1' },
    names: ['AI_PERSON_DAILY_BUDGET_USD'],
  },
  {
    title: 'a day of generations that may cost more than its month',
    environment: 'production',
    changes: { GENERATION_DAILY_BUDGET_USD: '2', GENERATION_MONTHLY_BUDGET_USD: '1' },
    names: ['GENERATION_DAILY_BUDGET_USD'],
  },
  ...amounts.map((value) =>
    refuses('production', `a budget of ${value}`, 'AI_PERSON_DAILY_BUDGET_USD', value),
  ),
  ...prices.map((value) => refuses('production', `a price of ${value}`, 'AI_MODEL_PRICE', value)),
  ...shares.map((value) =>
    refuses('production', `alerts at the shares ${value}`, 'BUDGET_ALERT_SHARES', value),
  ),
  ...['0', '-1', 'many'].map((value) =>
    refuses('production', `${value} model calls a minute`, 'AI_MAX_CALLS_PER_MIN_OTHER', value),
  ),
];
