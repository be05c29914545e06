import { codeAt, now } from '../accounts/authenticator.js';
import { ask } from '../database/database.js';
import { asUser, type EventRow } from './event-stage.js';

export const secondFactorEvents: readonly EventRow[] = [
  {
    text: 'MFA factor activated',
    event: 'user_updated',
    level: 'LOW',
    by: 'the first code of a new factor',
    arrange: async (stage) => {
      const { account, secret } = await stage.enrolling();
      return () => asUser(account, '/auth/mfa/activate', { body: { code: codeAt(secret, now()) } });
    },
  },
  {
    text: 'MFA recovery codes replaced',
    event: 'user_updated',
    level: 'LOW',
    by: 'a request for new ones',
    arrange: async (stage) => {
      const { account } = await stage.enrolled();
      return () => asUser(account, '/auth/mfa/recovery-codes', { method: 'POST' });
    },
  },
  {
    text: 'MFA factor removed',
    event: 'user_updated',
    level: 'LOW',
    by: 'its owner',
    arrange: async (stage) => {
      const { account } = await stage.enrolled();
      return () => asUser(account, '/auth/mfa', { method: 'DELETE' });
    },
  },
  {
    text: 'MFA recovery code used',
    event: 'user_updated',
    level: 'LOW',
    by: 'a sign-in with one',
    arrange: async (stage) => {
      const { account, recoveryCodes } = await stage.enrolled();
      const verify = await stage.halfSignedIn(account);
      return () => verify(recoveryCodes[0] ?? '');
    },
  },
  {
    text: 'AUTH signed in with a second factor',
    event: 'authn_login_success',
    level: 'LOW',
    by: 'a right code',
    arrange: async (stage) => {
      const { account, secret } = await stage.enrolled();
      const verify = await stage.halfSignedIn(account);
      return () => verify(codeAt(secret, now()));
    },
  },
  {
    text: 'AUTH second factor refused',
    event: 'authn_login_fail',
    level: 'MEDIUM',
    by: 'a wrong code',
    arrange: async (stage) => {
      const { account } = await stage.enrolled();
      const verify = await stage.halfSignedIn(account);
      return () => verify('000000');
    },
  },
  {
    text: 'AUTH second factor refused',
    event: 'authn_login_fail',
    level: 'MEDIUM',
    by: 'a wrong first code of a new factor',
    arrange: async (stage) => {
      const { account } = await stage.enrolling();
      return () => asUser(account, '/auth/mfa/activate', { body: { code: '000000' } });
    },
  },
  {
    text: 'RATE-LIMITER mfa_attempts exceeded',
    event: 'authn_login_fail_max',
    level: 'HIGH',
    by: 'the sixth wrong code in a quarter of an hour',
    arrange: async (stage) => {
      const { account } = await stage.enrolled();
      const verify = await stage.halfSignedIn(account);
      for (let count = 0; count < 5; count++) await verify('000000');
      return () => verify('000000');
    },
  },
  {
    text: 'MFA secret cannot be opened',
    event: 'crypt_decrypt_fail',
    level: 'HIGH',
    by: 'a code for a factor whose sealed secret was changed',
    arrange: async (stage) => {
      const { account, secret } = await stage.enrolled();
      await ask(
        stage.service.home,
        `update velro.mfa_factors set sealed_secret = set_byte(sealed_secret, length(sealed_secret) - 1,
           get_byte(sealed_secret, length(sealed_secret) - 1) # 1) where user_id = $1`,
        [account.id],
      );
      const verify = await stage.halfSignedIn(account);
      return () => verify(codeAt(secret, now()));
    },
  },
];
