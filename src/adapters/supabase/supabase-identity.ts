import { randomBytes } from 'node:crypto';
import type { AuthError, SupabaseClient } from '@supabase/supabase-js';
import type { Secret } from '../../../config/values/secret.js';
import {
  IdentityProvider,
  IdentityUnavailable,
  type ChangeResult,
  type EmailChangeResult,
  type Identity,
  type OnceProven,
  type TokenCheck,
  type CredentialCheck,
  type SignUpResult,
} from '../../ports/identity-provider.js';
import { SupabaseAuth, ours, type Proof } from './supabase-auth.js';
import { decoyEmail } from './decoy.js';
import {
  assertShows,
  hasVerifiedAddress,
  identityOf,
  isBanned,
  isRefusal,
  isUnknownToken,
  socialOrLinkLogin,
  unavailable,
} from './supabase-answers.js';

/** A token goes into a header, and must have the characters for it. */
const jwtForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Milliseconds; the embedded identity service needs up to a second for a hash on a busy machine. */
const defaultTimeoutMs = 5000;

/** Supabase Auth, hosted or embedded, through one code path. */
export class SupabaseIdentity extends IdentityProvider {
  private decoy: Promise<void> | null = null;
  private readonly auth: SupabaseAuth;

  constructor(url: string, secretKey: Secret, timeoutMs = defaultTimeoutMs) {
    super();
    this.auth = new SupabaseAuth(url, secretKey, timeoutMs);
  }

  async signUp(email: string, passwordHash: string, clientIp: string): Promise<SignUpResult> {
    const { data, error } = await this.auth.ask(clientIp, (client) =>
      client.auth.signUp({ email, password: passwordHash }),
    );
    if (error !== null) {
      if (error.code === 'user_already_exists' || error.code === 'email_exists') return { outcome: 'exists' };
      // Requested again too soon: a mail has been sent already.
      if (error.code === 'over_email_send_rate_limit') return { outcome: 'confirmation_sent' };
      if (isRefusal(error)) return { outcome: 'refused' };
      throw unavailable('sign-up', error);
    }
    const identity = identityOf(data.user);
    if (data.session === null || identity === null) return { outcome: 'confirmation_sent' };
    return { outcome: 'created', identity };
  }

  signIn(email: string, passwordHash: string, clientIp: string): Promise<CredentialCheck> {
    return this.verdict(clientIp, 'sign-in', (client) =>
      client.auth.signInWithPassword({ email, password: passwordHash }),
    );
  }

  async find(id: string, clientIp: string): Promise<Identity | null> {
    const { data, error } = await this.auth.ask(clientIp, (client) => client.auth.admin.getUserById(id));
    if (error !== null) {
      // Any other 404 is of somebody between us and the provider.
      if (error.code === 'user_not_found') return null;
      throw unavailable('lookup', error);
    }
    return isBanned(data.user) ? null : identityOf(data.user);
  }

  /** The embedded provider has no such call; its sign-up confirms at once or not at all. */
  async create(email: string, passwordHash: string, clientIp: string): Promise<SignUpResult> {
    const { data, error } = await this.auth.ask(clientIp, (client) =>
      client.auth.admin.createUser({ email, password: passwordHash, email_confirm: true }),
    );
    if (error?.code === 'email_exists' || error?.code === 'user_already_exists') return { outcome: 'exists' };
    const identity = identityOf(data.user);
    return identity === null ? this.signUp(email, passwordHash, clientIp) : { outcome: 'created', identity };
  }

  async verifyToken(accessToken: string, clientIp: string): Promise<TokenCheck> {
    if (!jwtForm.test(accessToken)) return { outcome: 'refused' };
    let [provenAt, provesAddress] = [0, false];
    // The provider verifies the token; its claims are trusted only after that.
    const verdict = await this.verdict(clientIp, 'exchange', async (client) => {
      const answer = await client.auth.getUser(accessToken);
      if (isUnknownToken(answer.error)) return { data: { user: null }, error: null };
      if (answer.error !== null) return answer;
      const login = answer.data.user.is_anonymous === true ? null : socialOrLinkLogin(accessToken);
      if (login === null) return { data: { user: null }, error: null };
      if (isBanned(answer.data.user)) return { data: { user: null }, error: null };
      provenAt = login.provenAt;
      provesAddress = login.byMail || hasVerifiedAddress(answer.data.user);
      return answer;
    });
    return verdict.outcome === 'refused' ? verdict : { ...verdict, provenAt, provesAddress };
  }

  async dummyVerify(passwordHash: string, clientIp: string): Promise<void> {
    this.decoy ??= this.makeDecoy(clientIp);
    await this.decoy;
    await this.signIn(decoyEmail, passwordHash, clientIp);
  }

  async dummyLookup(passwordHash: string, clientIp: string): Promise<void> {
    await this.signIn(`${randomBytes(9).toString('hex')}@velro.example.com`, passwordHash, clientIp);
  }

  async resendConfirmation(email: string, clientIp: string): Promise<void> {
    await this.runIgnoringRefusals(clientIp, 'resend', (client) =>
      client.auth.resend({ type: 'signup', email }),
    );
  }

  confirmEmail(
    tokenHash: string,
    passwordHash: string,
    clientIp: string,
    onceProven: OnceProven,
  ): Promise<ChangeResult> {
    return this.withNewPassword(clientIp, passwordHash, onceProven, (client) =>
      client.auth.verifyOtp({ token_hash: tokenHash, type: 'signup' }),
    );
  }

  async requestReset(email: string, clientIp: string): Promise<void> {
    await this.runIgnoringRefusals(clientIp, 'reset', (client) => client.auth.resetPasswordForEmail(email));
  }

  confirmReset(
    tokenHash: string,
    passwordHash: string,
    clientIp: string,
    onceProven: OnceProven,
  ): Promise<ChangeResult> {
    return this.withNewPassword(clientIp, passwordHash, onceProven, (client) =>
      client.auth.verifyOtp({ token_hash: tokenHash, type: 'recovery' }),
    );
  }

  changePassword(
    email: string,
    presentHash: string,
    nextHash: string,
    clientIp: string,
    onceProven: OnceProven,
  ): Promise<ChangeResult> {
    return this.withNewPassword(clientIp, nextHash, onceProven, (client) =>
      client.auth.signInWithPassword({ email, password: presentHash }),
    );
  }

  async changeEmail(id: string, email: string, clientIp: string): Promise<EmailChangeResult> {
    const { data, error } = await this.auth.ask(clientIp, (client) =>
      client.auth.admin.updateUserById(id, { email, email_confirm: true }),
    );
    if (error !== null) {
      if (error.code === 'email_exists') return 'taken';
      if (error.code === 'user_not_found') return 'gone';
      if (isRefusal(error)) return 'refused';
      throw unavailable('change of address', error);
    }
    assertShows(identityOf(data.user), id, email);
    // There is one link for a reset at a time: a new one, which is sent to nobody, replaces what the former address got.
    const link = await this.auth.ask(clientIp, (client) =>
      client.auth.admin.generateLink({ type: 'recovery', email }),
    );
    if (link.error !== null) throw unavailable('end of earlier links', link.error);
    assertShows(identityOf(link.data.user), id, email);
    return 'changed';
  }

  async remove(id: string, clientIp: string): Promise<void> {
    const removal = await this.auth.ask(clientIp, (client) => client.auth.admin.deleteUser(id));
    // Any other 404 is of somebody between us and the provider.
    if (removal.error?.code === 'user_not_found') return;
    if (removal.error !== null) throw unavailable('removal', removal.error);
    // The library believes any success, also one of a page that says something else.
    const { error } = await this.auth.ask(clientIp, (client) => client.auth.admin.getUserById(id));
    if (error === null) throw new IdentityUnavailable('the identity provider still has what it removed');
    if (error.code !== 'user_not_found') throw unavailable('check of a removal', error);
  }

  /** Runs the proof and, with the resulting session, sets the password; the client is discarded afterwards. */
  private async withNewPassword(
    clientIp: string,
    passwordHash: string,
    onceProven: OnceProven,
    prove: (client: SupabaseClient) => Promise<Proof>,
  ): Promise<ChangeResult> {
    const refused: Identity[] = [];
    const verdict = await this.verdict(clientIp, 'password', async (client) => {
      const proof = await prove(client);
      if (proof.error !== null) return proof;
      const identity = identityOf(proof.data.user);
      if (identity === null) return { data: { user: null }, error: null };
      await ours(onceProven(identity));
      const { error } = await client.auth.updateUser({ password: passwordHash });
      // With `same_password` the password is set already.
      if (error === null || error.code === 'same_password') return proof;
      // After a failure of the provider the password may have been set all the same.
      if (!isRefusal(error)) return { data: { user: null }, error };
      refused.push(identity);
      return proof;
    });
    const [identity] = refused;
    return identity === undefined ? verdict : { outcome: 'unchanged', identity };
  }

  private async verdict(
    clientIp: string,
    what: string,
    question: (client: SupabaseClient) => Promise<Proof>,
  ): Promise<CredentialCheck> {
    const { data, error } = await this.auth.ask(clientIp, question);
    if (error !== null) {
      if (isRefusal(error)) return { outcome: 'refused' };
      throw unavailable(what, error);
    }
    const identity = identityOf(data.user);
    return identity === null ? { outcome: 'refused' } : { outcome: 'accepted', identity };
  }

  /** For calls whose refusal must not be revealed (unknown address, too many mails): refusals are ignored. */
  private async runIgnoringRefusals(
    clientIp: string,
    what: string,
    question: (client: SupabaseClient) => Promise<{ error: AuthError | null }>,
  ): Promise<void> {
    const { error } = await this.auth.ask(clientIp, question);
    if (error !== null && !isRefusal(error) && error.status !== 429) throw unavailable(what, error);
  }

  private async makeDecoy(clientIp: string): Promise<void> {
    try {
      await this.create(decoyEmail, randomBytes(32).toString('base64url'), clientIp);
    } catch {
      // Created again when next needed.
      this.decoy = null;
    }
  }
}
