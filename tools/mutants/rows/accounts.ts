import type { Mutant } from '../mutant.ts';

const auth = 'src/features/accounts/sign-in/auth.service.ts';
const mfaRows = 'src/features/accounts/factor/mfa.repository.ts';
const mfa = ['src/features/accounts/factor/mfa.service.spec.ts'];
const admin = 'src/features/admin/admin-users.service.ts';

export const accountMutants: readonly Mutant[] = [
  {
    title: 'a registration with the right password of an existing account signs in',
    file: auth,
    find: "signIn.outcome === 'refused' || (await this.users.find(signIn.identity.id)) !== null",
    replace: "signIn.outcome === 'refused'",
    specs: ['test/journeys/account.spec.ts'],
    test: 'cannot be registered again',
  },
  {
    title: 'a disabled account signs in',
    file: auth,
    find: 'if (user.disabledAt !== null) {',
    replace: 'if (user.disabledAt !== null && user.epoch < 0) {',
    specs: ['test/journeys/account.spec.ts'],
    test: 'that is disabled neither',
  },
  {
    title: 'an administrator whose standing has changed decides with the old token',
    file: admin,
    find: 'actor.epoch !== caller.ver || ',
    replace: '',
    specs: ['test/journeys/admin-users.spec.ts'],
    test: 'from before their own standing',
  },
  {
    title: 'an administrator changes another administrator',
    file: admin,
    find: "concernsAdministrators && actor.role !== 'super_admin'",
    replace: "concernsAdministrators && actor.role === 'user'",
    specs: ['test/journeys/admin-users.spec.ts'],
    test: 'touch no administrator',
  },
  {
    title: 'administrators change their own standing',
    file: admin,
    find: "if (target.id === actor.id) throw new Problem('own_account');",
    replace: '',
    specs: ['test/journeys/admin-users.spec.ts'],
    test: 'their own standing: ',
  },
  {
    title: 'a change of role leaves the sessions of the person alive',
    file: admin,
    find: 'toRole === null && toDisabled !== true',
    replace: 'toDisabled !== true',
    specs: ['test/journeys/admin-users.spec.ts'],
    test: 'change a role, and',
  },
  {
    title: 'a logout ends sessions of others',
    file: 'src/features/accounts/sessions/sessions.repository.ts',
    find: ".set({ ended_at: sql<Date>`now()` })\n      .where('user_id', '=', userId)\n      .where('ended_at', 'is', null)\n      .$if",
    replace: ".set({ ended_at: sql<Date>`now()` })\n      .where('ended_at', 'is', null)\n      .$if",
    specs: ['test/journeys/account.spec.ts', 'test/perimeter/role-matrix.spec.ts'],
  },
  {
    title: 'a refresh token that was replaced long ago is still taken',
    file: 'src/features/accounts/sessions/refresh.service.ts',
    find: 'if (!stored.mayAskAgain) return this.endReused(tx, session);',
    replace: 'if (stored.mayAskAgain === undefined) return this.endReused(tx, session);',
    specs: ['test/journeys/refresh.spec.ts'],
  },
  {
    title: 'a code of the authenticator works twice',
    file: mfaRows,
    find: "      .where('last_step', '<', String(step))\n",
    replace: '',
    specs: mfa,
  },
  {
    title: 'an active factor is replaced by whoever enrols again',
    file: mfaRows,
    find: ".doUpdateSet(fields).where('mfa_factors.confirmed_at', 'is', null)",
    replace: '.doUpdateSet(fields)',
    specs: mfa,
  },
  {
    title: 'the factor of another person is opened by a secret that was copied',
    file: 'src/features/accounts/factor/seal.ts',
    find: '  opening.setAAD(Buffer.from(context));\n',
    replace: '  opening.setAAD(Buffer.from(context.slice(0, 0)));\n',
    specs: ['src/features/accounts/factor/seal.spec.ts'],
    cheap: true,
  },
  {
    title: 'codes of three steps before are taken',
    file: 'src/features/accounts/factor/totp.ts',
    find: 'let step = present - window;',
    replace: 'let step = present - 3 * window;',
    specs: ['src/features/accounts/factor/totp.spec.ts'],
    cheap: true,
  },
  {
    title: 'six wrong codes are looked at in a quarter of an hour instead of five',
    file: 'config/policy/accounts/mfa.ts',
    find: '  limit: 5,',
    replace: '  limit: 6,',
    specs: ['test/perimeter/security-events.spec.ts'],
    test: 'sixth wrong code',
  },
  {
    title: 'an API key is deleted by somebody else',
    file: 'src/features/api-keys/api-keys.repository.ts',
    find: "      .where('id', '=', id)\n      .where('user_id', '=', userId)\n      .where('revoked_at', 'is', null)",
    replace: "      .where('id', '=', id)\n      .where('revoked_at', 'is', null)",
    specs: ['test/journeys/api-keys.spec.ts', 'test/perimeter/role-matrix.spec.ts'],
  },
];
