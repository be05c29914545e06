import { heldBy, personalTable, withheld, type PersonalTable } from '../../database/personal-data.js';

const ofAccount = heldBy('users', 'id');

export const usersPersonalData: readonly PersonalTable[] = [
  personalTable({
    table: 'users',
    exported: {
      title: 'Account',
      of: ofAccount,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        email: 'email',
        full_name: 'full_name',
        role: 'role',
        epoch: withheld('counts what ends older tokens, and says nothing of a person'),
        credits_balance: 'credits_balance',
        credits_reserved: 'credits_reserved',
        disabled_at: 'disabled_at',
        created_at: 'created_at',
        storage_bytes: 'storage_bytes',
        held_bytes: 'held_bytes',
        password_change: withheld('names a change of the password that is under way, for the service alone'),
        password_changing_until: 'password_changing_until',
        proven_at: 'address_proven_at',
        exchanged_at: 'first_social_sign_in_at',
        identity_seen_at: 'identity_seen_at',
        address_taken_at: 'address_taken_over_at',
        granted_month: 'month_of_latest_monthly_credits',
      },
    },
    erased: [{ how: 'with_account', of: ofAccount }],
  }),
];
