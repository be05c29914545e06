import { sql } from 'kysely';
import {
  below,
  hashed,
  heldBy,
  personalTable,
  withheld,
  type PersonalTable,
} from '../../database/personal-data.js';

const secret = withheld('a secret, by which somebody could sign in');

const sessionsOf = heldBy('sessions', 'user_id');
const ofSession = below('refresh_tokens', 'session_id', { table: 'sessions', key: 'id', of: sessionsOf });
const devicesOf = heldBy('devices', 'user_id');
const guessesOf = heldBy('account_guesses', 'user_id');
const changesOf = heldBy('email_changes', 'user_id');
const factorsOf = heldBy('mfa_factors', 'user_id');
const codesOf = heldBy('mfa_recovery_codes', 'user_id');
const attemptsOf = heldBy('mfa_attempts', 'user_id');
const revokedOf = heldBy('revocations', 'subject');

export const accountsPersonalData: readonly PersonalTable[] = [
  // Before the sessions by which they are found.
  personalTable({
    table: 'refresh_tokens',
    exported: { notExported: 'hashes of tokens and what seals them; the sessions they renew are exported' },
    erased: [{ how: 'delete', of: ofSession }],
  }),
  personalTable({
    table: 'sessions',
    exported: {
      title: 'Sessions',
      of: sessionsOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        auth_time: 'authenticated_at',
        device: 'device',
        address: 'network_address',
        created_at: 'created_at',
        last_used_at: 'last_used_at',
        expires_at: 'expires_at',
        ended_at: 'ended_at',
      },
    },
    erased: [{ how: 'delete', of: sessionsOf }],
  }),
  personalTable({
    table: 'devices',
    exported: {
      title: 'Known devices',
      of: devicesOf,
      order: [
        ['last_used_at', 'timestamptz'],
        ['hash', 'bytea'],
      ],
      columns: {
        hash: secret,
        user_id: withheld('the account itself'),
        account: withheld('a keyed hash of the address, which is exported'),
        failed_at: 'failed_at',
        created_at: 'created_at',
        last_used_at: 'last_used_at',
        expires_at: 'expires_at',
      },
    },
    erased: [{ how: 'delete', of: devicesOf }],
  }),
  personalTable({
    table: 'account_guesses',
    exported: {
      title: 'Failed sign-ins from unknown devices',
      of: guessesOf,
      order: [['account', 'bytea']],
      columns: {
        account: withheld('a keyed hash of the address, which is exported'),
        failures: 'failures',
        pending: 'pending',
        user_id: withheld('the account itself'),
        attempted_at: 'attempted_at',
        key_id: withheld('names a key of the service'),
      },
    },
    erased: [
      { how: 'delete', of: guessesOf },
      { how: 'delete', of: hashed('account_guesses', 'account') },
    ],
  }),
  personalTable({
    table: 'email_changes',
    exported: {
      title: 'Requested changes of the e-mail address',
      of: changesOf,
      order: [['id', 'uuid']],
      columns: {
        id: 'id',
        user_id: withheld('the account itself'),
        email: 'email',
        epoch: withheld('counts what ends older tokens, and says nothing of a person'),
        created_at: 'created_at',
      },
    },
    erased: [{ how: 'delete', of: changesOf }],
  }),
  personalTable({
    table: 'mfa_factors',
    exported: {
      title: 'Second factor',
      of: factorsOf,
      order: [['user_id', 'uuid']],
      columns: {
        user_id: withheld('the account itself'),
        sealed_secret: secret,
        last_step: withheld('the latest code that was used'),
        confirmed_at: 'confirmed_at',
        created_at: 'created_at',
      },
    },
    // With it go its codes, at most ten; the database wants the entry of the deletion in that transaction.
    erased: [{ how: 'with_account', of: factorsOf }],
  }),
  personalTable({
    table: 'mfa_recovery_codes',
    exported: { notExported: 'hashes of secrets, by which somebody could sign in' },
    erased: [{ how: 'with_account', of: codesOf }],
  }),
  personalTable({
    table: 'mfa_attempts',
    exported: {
      title: 'Attempts at the second factor',
      of: attemptsOf,
      order: [['source', 'bytea']],
      columns: {
        user_id: withheld('the account itself'),
        source: withheld('a hash of where the attempts came from'),
        failures: 'failures',
        tried_at: 'tried_at',
      },
    },
    erased: [{ how: 'delete', of: attemptsOf }],
  }),
  personalTable({
    table: 'revocations',
    exported: { notExported: 'which tokens are dead, for the minutes for which they would be valid' },
    // Until then it keeps tokens of the account out.
    erased: [{ how: 'delete', of: revokedOf, when: sql<boolean>`velro.revocations.expires_at <= now()` }],
  }),
];
