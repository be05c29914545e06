import type { Mutant } from '../mutant.ts';

const proof = 'src/features/accounts/credentials/address-proof.ts';
const proofs = ['test/journeys/address-proof.spec.ts'];
const changes = ['test/journeys/identity-changes.spec.ts'];
const emailChange = ['test/journeys/email-change.spec.ts'];
const strangers = ['test/perimeter/limits-of-strangers.spec.ts'];

/** Proof of addresses, the identity at the provider, and limits that strangers cannot fill. */
export const identityMutants: readonly Mutant[] = [
  {
    title: 'a change of the address is confirmed without the MAC of its link',
    file: 'src/features/accounts/email-change/email-change-confirmation.ts',
    find: ' || !this.links.isOf(change, token)',
    replace: '',
    specs: emailChange,
  },
  {
    title: 'a change of the address is confirmed in a session of another account',
    file: 'src/features/accounts/email-change/email-change.repository.ts',
    find: ".where('user_id', '=', caller.userId)\n      .where('id', '=', id)\n      .where('epoch'",
    replace: ".where('id', '=', id)\n      .where('epoch'",
    specs: emailChange,
  },
  {
    title: 'a change of the address outlives a reset of the password',
    file: 'src/features/accounts/email-change/email-change.repository.ts',
    find: "      .where('epoch', '=', caller.ver)\n",
    replace: '',
    specs: emailChange,
  },
  {
    title: 'a link for a reset at the former address outlives the change of the address',
    file: 'src/adapters/supabase/supabase-identity.ts',
    find: "client.auth.admin.generateLink({ type: 'recovery', email })",
    replace: 'client.auth.admin.getUserById(id)',
    specs: emailChange,
  },
  {
    title: 'a change of the address admits a password to an account of a social login',
    file: proof,
    find: "isSocial ? 'exchange' : 'password'",
    replace: "'password'",
    specs: emailChange,
  },
  {
    title: 'a change of the address gives a session to whoever was signed out meanwhile',
    file: 'src/features/accounts/email-change/email-changes.ts',
    find: 'isIntact = user.epoch === caller.ver && user.disabledAt === null;',
    replace: 'isIntact = true;',
    specs: ['test/faults/email-change.spec.ts'],
  },
  {
    title: 'work behind an answer begins before it',
    file: 'src/features/accounts/credentials/background-tasks.ts',
    find: 'this.delayed++;\n',
    replace: 'this.delayed++;\n    void work();\n',
    specs: ['src/features/accounts/credentials/background-tasks.spec.ts'],
  },
  {
    title: 'a password signs in to an account whose address nobody proved',
    file: 'src/features/accounts/sign-in/sign-in-completion.ts',
    find: " || (by === 'password' && !this.admitsPassword(user))",
    replace: '',
    specs: proofs,
  },
  {
    title: 'API keys from before the first proof of an address stay',
    file: proof,
    find: '      ...(await this.keys.endAll(tx, user.id, client)),\n',
    replace: '',
    specs: proofs,
  },
  {
    title: 'a second factor from before the first proof of an address stays',
    file: proof,
    find: 'if (!isAdministrator(user.role)) await this.mfa.remove(tx, user.id, client);',
    replace: '',
    specs: proofs,
  },
  {
    title: 'a password of an earlier pepper proves an address',
    file: 'src/features/accounts/credentials/password-check.ts',
    find: 'older?.isUnpeppered === true',
    replace: 'older !== null',
    specs: changes,
  },
  {
    title: 'the provider keeps a password that anybody can name before the address is proven',
    file: 'src/features/accounts/sign-in/identity-sign-up.ts',
    find: "this.random.bytes(32).toString('hex')",
    replace: 'email.slice(-12)',
    specs: proofs,
  },
  {
    title: 'a weak password makes the first administrator',
    file: 'src/features/accounts/sign-in/first-admin.ts',
    find: 'return faults.length > 0;',
    replace: 'return faults.length > 99;',
    specs: ['test/journeys/exchange.spec.ts'],
  },
  {
    title: 'an account deleted at the provider goes on',
    file: 'src/features/accounts/credentials/identity-presence.ts',
    find: 'if (identity === null) {',
    replace: 'if (identity === null) return user;\n      if (identity === undefined) {',
    specs: changes,
  },
  {
    title: 'checks leave sessions open at the provider',
    file: 'src/adapters/supabase/supabase-auth.ts',
    find: "data.session === null ? null : client.auth.signOut({ scope: 'local' })",
    replace: 'data.session === null ? null : null',
    specs: changes,
  },
  {
    title: 'another spelling of a domain is another account',
    file: 'config/values/email-address.ts',
    find: '`${folded.slice(0, at)}@${domain}`',
    replace: 'folded',
    specs: ['config/values/email-address.spec.ts'],
  },
  {
    title: 'the session named in a made-up refresh token is believed',
    file: 'src/features/accounts/sessions/refresh/refresh-recognition.ts',
    find: 'if (await this.refreshTokens.exists(id, token)) return id;',
    replace: 'return id;',
    specs: strangers,
  },
  {
    title: 'mails again use up what a reset needs',
    file: 'src/features/accounts/passwords/mail-limits.ts',
    find: 'password_reset:${kind}:${source}',
    replace: 'password_reset:${source}',
    specs: strangers,
  },
  {
    title: 'the use of an access token is no use of its refresh token',
    file: 'src/features/accounts/sessions/refresh/refresh-tokens.repository.ts',
    find: 'least(successor.used_at, successor.access_used_at)',
    replace: 'successor.used_at',
    specs: ['test/journeys/refresh.spec.ts'],
  },
  {
    title: 'the same refused bytes are new evidence each time',
    file: 'src/guards/guards.events.ts',
    find: 'isRepeated ? undefined : signalOf[reason]',
    replace: 'signalOf[reason]',
    specs: ['test/perimeter/honest-mistakes.spec.ts'],
  },
  {
    title: 'a token of a clock three seconds ahead is refused',
    file: 'src/guards/token/access-token.strategy.ts',
    find: ' + accessTokenPolicy.leewaySeconds',
    replace: '',
    specs: ['test/perimeter/honest-mistakes.spec.ts'],
  },
  {
    title: 'an empty body with a JSON content type is malformed',
    file: 'src/perimeter/http/json-body.ts',
    find: 'body.length === 0 ? undefined : ',
    replace: '',
    specs: ['test/perimeter/honest-mistakes.spec.ts'],
  },
  {
    title: 'a notice is not stored with its change',
    file: 'src/features/notices/notices.service.ts',
    find: "await this.queue.enqueue(tx, 'notice', id);",
    replace: 'return;',
    specs: ['test/journeys/notices.spec.ts'],
  },
];
