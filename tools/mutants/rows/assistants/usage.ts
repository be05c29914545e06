import type { Mutant } from '../../mutant.ts';

const budgetsSpec = ['test/journeys/generation-budgets.spec.ts'];
const messagesSpec = ['test/journeys/gateway-messages.spec.ts'];
const usageSpec = ['test/contracts/usage.spec.ts'];

/** Budgets of generations, limits of API keys, use by day, and credits from outside. */
export const usageMutants: readonly Mutant[] = [
  {
    title: 'generations are held in no budget',
    file: 'src/features/generations/orders/acceptance.repository.ts',
    find: '${hold.sums.length === 0 ? sql`` : sql`, ${heldSums}`}',
    replace: '',
    specs: budgetsSpec,
    test: 'refuses what it does not hold',
  },
  {
    title: 'the credits of an API key are not capped',
    file: 'src/features/generations/orders/acceptance.repository.ts',
    find: '${isKeyHeld ? sql`, ${heldCredits}` : sql``}',
    replace: '',
    specs: budgetsSpec,
    test: 'is a cap of credits a month',
  },
  {
    title: 'an API key may use any model',
    file: 'src/features/generations/orders/order-validator.ts',
    find: "if (!mayUse(caller, id)) throw new Problem('model_not_allowed');",
    replace: '',
    specs: budgetsSpec,
    test: 'is a list of models',
  },
  {
    title: 'the limits of a key are set by anybody',
    file: 'src/features/api-keys/api-key-limits.repository.ts',
    find: "      .where('id', '=', id)\n      .where('user_id', '=', caller.userId)\n      .where('revoked_at', 'is', null)\n      .where('expires_at', '>', sql<Date>`now()`)\n      .returning(await",
    replace: "      .where('id', '=', id)\n      .returning(await",
    specs: budgetsSpec,
    test: 'is set by its owner alone',
  },
  {
    title: 'use of everybody is shown as one’s own',
    file: 'src/features/usage/usage.repository.ts',
    find: 'return this.sums(sql`user_id = ${caller.userId} and`, range, group, atMost);',
    replace: 'return this.sums(sql`${caller.userId}::text is not null and`, range, group, atMost);',
    specs: budgetsSpec,
    test: 'stands with its owner',
  },
  {
    title: 'a message to the gateway is signed without its time',
    file: 'src/features/webhooks/inbound/gateway-signature.ts',
    find: "hmacSha256(key, timestamp, '.', body)",
    replace: "hmacSha256(key, String(Math.floor(seconds)), '.', body)",
    specs: messagesSpec,
    test: 'whose time was changed',
  },
  {
    title: 'old messages to the gateway are carried out',
    file: 'src/features/webhooks/inbound/gateway-signature.ts',
    find: 'Math.abs(seconds - Number(timestamp)) > gatewayPolicy.windowSeconds',
    replace: 'false',
    specs: messagesSpec,
    test: 'minutes',
  },
  {
    title: 'a top-up is added each time',
    file: 'src/features/credits/credits.repository.ts',
    find: "select id, 'grant', ${amount}::bigint, 0, ${reason}, ${source} from account where fits",
    replace:
      "select id, 'grant', ${amount}::bigint, 0, ${reason}, ${source} || gen_random_uuid() from account where fits",
    specs: messagesSpec,
    test: 'tops an account up once',
  },
  {
    title: 'monthly credits are given at each look',
    file: 'src/features/credits/credits.repository.ts',
    find: 'where granted_month < ${month} and disabled_at is null',
    replace: 'where granted_month <= ${month} and disabled_at is null',
    specs: usageSpec,
    test: 'are not given to accounts that began this month',
  },
  {
    title: 'a rise is told by every instance',
    file: 'src/features/usage/usage.repository.ts',
    find: 'join claimed on claimed.user_id = risen.user_id',
    replace: '',
    specs: usageSpec,
    test: 'is told once, by whichever instance',
  },
];
