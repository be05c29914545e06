import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import {
  consentPolicy,
  consentPurposes,
  type ConsentPurpose,
} from '../../../config/policy/privacy/consents.js';
import { Database, type Transaction } from '../../database/database.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import type { ClientContext } from '../../network/client-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { AccountGenerationsService } from '../generations/jobs/account-generations.service.js';
import { UsersService } from '../users/users.service.js';
import {
  PrivacyChoicesRepository,
  type NewChoice,
  type PrivacyChoice,
} from './choices/privacy-choices.repository.js';
import { consentTexts, objectionText, type ShownText } from './choices/consent-texts.js';

export type { PrivacyChoice } from './choices/privacy-choices.repository.js';

/** The purpose of objections to sale and sharing, beside those of consents. */
const objection = 'do_not_sell';

export interface Consent extends ShownText {
  readonly purpose: ConsentPurpose;
  /** The latest choice; null where there was none. */
  readonly choice: PrivacyChoice | null;
}

/** What somebody wants to agree to, or to take back. */
export interface ConsentChange {
  readonly purpose: ConsentPurpose;
  readonly given: boolean;
  /** Of the text that was shown; null where something is taken back. */
  readonly version: string | null;
}

/** What persons agree to, refuse and object to. Each choice is a row that stays, with an entry in the audit log. */
@Injectable()
export class ConsentsService {
  /** Whether orders go to a provider outside; what the service makes by itself goes on. */
  private readonly isExternal: boolean;

  constructor(
    @Inject(CONFIG) { generation }: Pick<Config, 'generation'>,
    private readonly database: Database,
    private readonly choices: PrivacyChoicesRepository,
    private readonly users: UsersService,
    private readonly audit: AuditTrail,
    private readonly generations: AccountGenerationsService,
  ) {
    this.isExternal = generation.provider !== 'canvas';
  }

  /** One of each purpose. */
  async list(caller: Caller): Promise<Consent[]> {
    const latest = await this.choices.latest(caller.userId, consentPurposes);
    return consentPurposes.map((purpose) => ({
      purpose,
      ...consentTexts[purpose],
      choice: latest.get(purpose) ?? null,
    }));
  }

  /**
   * All of the changes or none; one that changes nothing is not recorded.
   * @throws Problem `consent_outdated` where the text is not the present one, `consents_exceeded`, `not_found`
   */
  async change(caller: Caller, changes: readonly ConsentChange[], client: ClientContext): Promise<Consent[]> {
    for (const { purpose, given, version } of changes)
      if (given && version !== consentTexts[purpose].version) throw new Problem('consent_outdated');
    await this.ofAccount(caller.userId, async (tx) => {
      const latest = await this.choices.latest(caller.userId, consentPurposes, tx);
      for (const { purpose, given } of changes) {
        const { version, hash } = consentTexts[purpose];
        const choice: NewChoice = { purpose, chosen: given, version, textHash: hash, source: 'request' };
        await this.decide(tx, caller.userId, choice, latest.get(purpose) ?? null, client);
      }
    });
    // What waits here was never sent, and what waits at the provider is asked back. Where this does not come to its end, what is claimed is not sent.
    if (this.isExternal && changes.some(({ purpose, given }) => purpose === 'external_ai' && !given))
      await this.generations.cancel(caller.userId, consentPolicy.cancelledAtMost, { giveUp: false });
    return this.list(caller);
  }

  /** Null where there was no choice: nothing is sold, and nobody objected to it. */
  async findObjection(caller: Caller): Promise<PrivacyChoice | null> {
    return (await this.choices.latest(caller.userId, [objection])).get(objection) ?? null;
  }

  /** @throws Problem `consents_exceeded`, `not_found` */
  async object(caller: Caller, isObjecting: boolean, client: ClientContext): Promise<PrivacyChoice | null> {
    await this.ofAccount(caller.userId, async (tx) => {
      const latest = (await this.choices.latest(caller.userId, [objection], tx)).get(objection) ?? null;
      await this.decide(tx, caller.userId, objectionOf(isObjecting, 'request'), latest, client);
    });
    return this.findObjection(caller);
  }

  /** A browser objects for its owner: it counts where the owner decided nothing. Without such an account nothing is done. */
  async objectBySignal(userId: string): Promise<void> {
    // Most were recorded before: their account is not locked.
    if ((await this.choices.latest(userId, [objection])).size > 0) return;
    await this.database.transaction(async (tx) => {
      if ((await this.users.lock(tx, userId)) === null) return;
      if ((await this.choices.latest(userId, [objection], tx)).size > 0) return;
      await this.decide(tx, userId, objectionOf(true, 'signal'), null, null);
    });
  }

  /** Every choice of an account, the latest first: the proof of what it agreed to. @throws Problem `not_found` */
  async historyOf(userId: string): Promise<PrivacyChoice[]> {
    if ((await this.users.find(userId)) === null) throw new Problem('not_found');
    return this.choices.history(userId, consentPolicy.shownAtMost);
  }

  private ofAccount(userId: string, work: (tx: Transaction) => Promise<void>): Promise<void> {
    return this.database.transaction(async (tx) => {
      if ((await this.users.lock(tx, userId)) === null) throw new Problem('not_found');
      await work(tx);
    });
  }

  private async decide(
    tx: Transaction,
    userId: string,
    choice: NewChoice,
    latest: PrivacyChoice | null,
    client: ClientContext | null,
  ): Promise<void> {
    const { purpose, chosen, version, textHash, source } = choice;
    const isSame = latest !== null && latest.chosen === chosen && (!chosen || latest.version === version);
    if (isSame) return;
    const permits = purpose === objection ? !chosen : chosen;
    if (
      permits &&
      (await this.choices.sinceYesterday(tx, userId, purpose, chosen)) >= consentPolicy.givenPerDay
    )
      throw new Problem('consents_exceeded', { headers: { 'retry-after': String(24 * 3600) } });
    const details = { purpose, chosen, version, source, text_sha256: textHash.toString('hex') };
    const entry = { action: 'privacy.chosen', subjectId: userId, details } as const;
    await this.choices.add(tx, userId, choice, await this.audit.entry(tx, entry, client));
  }
}

const objectionOf = (chosen: boolean, source: NewChoice['source']): NewChoice => ({
  purpose: objection,
  chosen,
  version: objectionText.version,
  textHash: objectionText.hash,
  source,
});
