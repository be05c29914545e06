import { below, heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const keysOf = heldBy('api_keys', 'user_id');
const creditsOf = below('key_credits', 'key_id', { table: 'api_keys', key: 'id', of: keysOf });
const secret = withheld('a hash of a secret that signs in');

export const apiKeysPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'key_credits',
    exported: {
      title: 'Credits used by API keys',
      of: creditsOf,
      order: [
        ['key_id', 'uuid'],
        ['month', 'text'],
      ],
      columns: { key_id: 'key_id', month: 'month', credits: 'credits' },
    },
    erased: [{ how: 'delete', of: creditsOf }],
  }),
  personalTable({
    table: 'api_keys',
    exported: {
      title: 'API keys',
      of: keysOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        name: 'name',
        prefix: 'prefix',
        hash: secret,
        scopes: 'scopes',
        addresses: 'addresses',
        created_at: 'created_at',
        expires_at: 'expires_at',
        last_used_at: 'last_used_at',
        revoked_at: 'revoked_at',
        previous_hash: secret,
        previous_prefix: 'previous_prefix',
        previous_until: 'previous_until',
        monthly_credits: 'monthly_credits',
        daily_microusd: 'daily_microusd',
        monthly_microusd: 'monthly_microusd',
        models: 'models',
      },
    },
    erased: [{ how: 'delete', of: keysOf }],
  }),
];
