import { deployed, fail, holds, inside, notApplicable, outside, pass, type Control } from './control.js';

const mostDaily = 5;
const mostMonthly = 50;

export const aiControls = {
  'ai/provider': {
    title: 'A language model of a provider answers',
    remedy: 'Set AI_PROVIDER and its key.',
    check: deployed((see) => {
      const { provider } = see('language');
      if (provider === 'none') return notApplicable('AI_PROVIDER=none: there are no assistants');
      return holds(provider !== 'local', `AI_PROVIDER=${provider}`);
    }),
  },
  'ai/timeout': {
    title: 'A model is given three seconds at most',
    remedy: 'Set AI_TIMEOUT_MS=3000.',
    check: inside((see) => {
      const { timeoutMs } = see('language');
      return holds(timeoutMs > 0 && timeoutMs <= 3000, `AI_TIMEOUT_MS=${String(timeoutMs)}`);
    }),
  },
  'ai/limits': {
    title: 'A person of Messenger is answered by a model twice a minute at most, all of them ten times',
    remedy: 'Set AI_MAX_CALLS_PER_MIN=10 and AI_MAX_CALLS_PER_MIN_PER_PSID=2.',
    check: inside((see) => {
      const { perMinute, perMinuteAndPerson } = see('language');
      return holds(
        perMinute > 0 && perMinute <= 10 && perMinuteAndPerson > 0 && perMinuteAndPerson <= 2,
        `${String(perMinuteAndPerson)} a person, ${String(perMinute)} together`,
      );
    }),
  },
  'ai/kill-switch': {
    title: 'The kill switch is read from the database, and the instance obeys it',
    remedy: 'Look at /ops/ai/status, and at the log for why the database does not answer.',
    check: inside((see) => {
      const { effective, stored } = see('aiSwitch');
      return holds(!effective || stored, `stored ${String(stored)}, in effect ${String(effective)}`);
    }),
  },
  'ai/ping': {
    title: 'The model answers a call',
    remedy: 'GET /ops/ai/ping says why not: the key, the model, the budget, the network.',
    check: inside((see) => {
      const ping = see('aiPing');
      if (ping === null) return notApplicable('no model is asked: none is configured, or the switch is off');
      return ping.error === null ? pass(`in ${String(ping.latencyMs)} ms`) : fail(ping.error);
    }),
  },
  'budgets/ai': {
    title: `Language models cost at most $${String(mostDaily)} a day and $${String(mostMonthly)} a month`,
    remedy: 'Set AI_DAILY_BUDGET_USD=5 and AI_MONTHLY_BUDGET_USD=50.',
    check: inside((see) => {
      const { daily, monthly } = see('aiBudget');
      return holds(
        daily <= mostDaily && monthly <= mostMonthly,
        `$${String(daily)} a day, $${String(monthly)} a month`,
      );
    }),
  },
  'budgets/alerts': {
    title: 'Shares of the budgets raise an alert before they are spent',
    remedy: 'Set BUDGET_ALERT_SHARES=0.5,0.8,1.',
    check: inside((see) => {
      const shares = see('budgetAlertShares');
      return holds(
        shares.some((share) => share < 1),
        shares.length === 0 ? 'no share' : shares.join(', '),
      );
    }),
  },
} as const satisfies Record<string, Control>;

/** How old the last word of Meta about the token may be. */
const askedWithinMs = 3 * 3_600_000;
const isOff = (status: number): boolean => status === 404;

export const messengerControls = {
  'messenger/configured': {
    title: 'Messenger has its token, its verify token and its app secret',
    remedy: 'Set FACEBOOK_PAGE_ACCESS_TOKEN, FACEBOOK_VERIFY_TOKEN and FACEBOOK_APP_SECRET.',
    check: deployed((see) => {
      const access = see('messengerAccess');
      if (access === 'none') return notApplicable('Messenger is not configured');
      return holds(
        access === 'whole',
        access === 'whole' ? 'all three are set' : 'without the token of a page',
      );
    }),
  },
  'messenger/token-watch': {
    title: 'Meta is asked about the token of the page, and says that it is valid',
    remedy: 'Set FACEBOOK_APP_ID; where the token is invalid, make a new one.',
    check: inside((see) => {
      const messenger = see('messenger');
      if (messenger === null) return notApplicable('Messenger is not configured');
      const { tokenAskedAt, isTokenValid } = messenger;
      if (tokenAskedAt === null) return fail('Meta was never asked');
      return holds(
        isTokenValid === true && Date.now() - tokenAskedAt.getTime() < askedWithinMs,
        `asked at ${tokenAskedAt.toISOString()}: ${isTokenValid === true ? 'valid' : 'not valid'}`,
      );
    }),
  },
  'messenger/deduplication': {
    title: 'A message of Messenger is stored once, however often it is delivered',
    remedy: 'Run npm run db:migrate: a unique constraint is missing.',
    check: inside((see) => {
      const { hasUniqueMessages } = see('messengerStore');
      return holds(hasUniqueMessages, hasUniqueMessages ? 'ids are unique by page' : 'ids are not unique');
    }),
  },
  'messenger/hashed-ids': {
    title: 'People of Messenger are found by a keyed hash, and only hashes can be stored',
    remedy: 'Run npm run db:migrate: a check constraint is missing.',
    check: inside((see) => {
      const { holdsHashesAlone } = see('messengerStore');
      return holds(
        holdsHashesAlone,
        holdsHashesAlone ? 'the column takes 32 bytes alone' : 'the column takes anything',
      );
    }),
  },
  'messenger/unsigned': {
    title: 'A webhook of Messenger without a signature is refused with 400',
    remedy: 'Nothing before the service may answer POST /webhook/messenger.',
    check: outside((see) => {
      const { status } = see('messengerUnsigned');
      if (isOff(status)) return notApplicable('Messenger is not configured: 404');
      return holds(status === 400, String(status));
    }),
  },
  'messenger/wrong-signature': {
    title: 'A webhook of Messenger with a wrong signature is refused with 403',
    remedy: 'Nothing before the service may answer POST /webhook/messenger.',
    check: outside((see) => {
      const { status } = see('messengerWrongSignature');
      if (isOff(status)) return notApplicable('Messenger is not configured: 404');
      return holds(status === 403, String(status));
    }),
  },
} as const satisfies Record<string, Control>;
