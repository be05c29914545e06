import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { isNotBlank } from '../../perimeter/input/is-not-blank.js';
import { Database, type Transaction } from '../../database/database.js';
import { CreditsRepository, type Entry, type Figures } from './credits.repository.js';
import { FirstCreditsRepository } from './first-credits.repository.js';
import { LedgerRepository, type LedgerTotals, type StoredEntry } from './ledger.repository.js';
import type { ClientContext } from '../../network/client-context.js';
import { creditsAdjusted, creditsToppedUp } from './credits.events.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../database/page.js';

export interface Adjustment {
  readonly userId: string;
  readonly amount: number;
  readonly reason: string;
}

/**
 * Credits: reserved at acceptance, committed on success, released on failure or cancellation, each exactly once. Every
 * change writes its ledger entry in the same transaction, so the ledger's sums equal the account's figures. Those of answers of
 * language models are moved by the functions of the database that reserve and settle calls.
 */
@Injectable()
export class CreditsService {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'startingCredits'>,
    private readonly database: Database,
    private readonly credits: CreditsRepository,
    private readonly ledger: LedgerRepository,
    private readonly first: FirstCreditsRepository,
    private readonly events: SecurityEvents,
  ) {}

  /** None for the address of an account that had them and was deleted: they are given once. */
  async grantStart(tx: Transaction, userId: string, email: string): Promise<void> {
    if (await this.first.areSpent(tx, email)) return;
    await this.enter(tx, entry(userId, 'grant', this.config.startingCredits, 0));
  }

  /** The account of this address is deleted within `tx`: for a time the address gets no first credits again. */
  async noteFirstSpent(tx: Transaction, email: string): Promise<void> {
    await this.first.noteSpent(tx, email);
  }

  async commit(tx: Transaction, userId: string, generationId: string, cost: number): Promise<void> {
    await this.enter(tx, entry(userId, 'commit', 0, -cost, generationId));
  }

  async release(tx: Transaction, userId: string, generationId: string, cost: number): Promise<void> {
    await this.enter(tx, entry(userId, 'release', cost, -cost, generationId));
  }

  /** @throws Problem `not_found` */
  async balance(caller: Caller): Promise<Figures> {
    const figures = await this.credits.figures(caller.userId);
    if (figures === null) throw new Problem('not_found');
    return figures;
  }

  /**
   * Whether `cost` can be spent at this moment, by the API key `keyId` where there is one: null, or the refusal.
   */
  async refusalOf(cost: number, userId: string, keyId: string | null): Promise<Problem | null> {
    const { balance, ofKey } = await this.credits.spendable(userId, keyId);
    if (balance < cost) return insufficientCredits(cost, balance);
    return ofKey !== null && ofKey < cost ? new Problem('key_credits_exceeded') : null;
  }

  async transactions(caller: Caller, page: PageRequest): Promise<Page<StoredEntry>> {
    return pageOf(await this.ledger.entries(caller, rowsOf(page), page.cursor), page);
  }

  totals(caller: Caller): Promise<LedgerTotals> {
    return this.ledger.totals(caller);
  }

  /**
   * Credits from outside, by a signed message whose id is `source`; the same one again changes nothing. True when they were added.
   * @throws Problem `not_found`, `balance_exceeded`
   */
  async topUp(userId: string, amount: number, reason: string, source: string): Promise<boolean> {
    const outcome = await this.credits.topUp(userId, amount, reason, source);
    if (outcome === 'no_account') throw new Problem('not_found');
    if (outcome === 'balance_exceeded') throw new Problem('balance_exceeded');
    if (outcome === 'known') return false;
    creditsToppedUp(this.events, userId, amount);
    return true;
  }

  /**
   * An administrator's correction of another account, in the ledger with its reason.
   * @throws Problem `not_found`, `balance_exceeded`, `own_account`, `validation_failed`
   */
  async adjust(
    caller: Caller,
    { userId, amount, reason }: Adjustment,
    client: ClientContext,
  ): Promise<Figures> {
    if (userId === caller.userId) throw new Problem('own_account');
    if (amount === 0 || !isNotBlank(reason)) throw blank(amount === 0 ? 'amount' : 'reason');
    const figures = await this.database.transaction(async (tx) => {
      const adjustment = { actorId: caller.userId, reason, client };
      if ((await this.credits.figures(userId, tx)) === null) throw new Problem('not_found');
      const moved = await this.enter(tx, { ...entry(userId, 'adjust', amount, 0), adjustment });
      if (moved === null || moved.balance > Number.MAX_SAFE_INTEGER) throw new Problem('balance_exceeded');
      return moved;
    });
    creditsAdjusted(this.events, client, userId, amount);
    return figures;
  }

  /**
   * Inserts the entry first: if it exists, the figures have changed already (idempotency). Null when nothing changed.
   */
  private async enter(tx: Transaction, line: Entry): Promise<Figures | null> {
    if (!(await this.credits.note(tx, line))) return null;
    return this.credits.move(tx, line);
  }
}

export const insufficientCredits = (required: number, available: number): Problem =>
  new Problem('credits_insufficient', { members: { required, available } });

const blank = (field: string): Problem =>
  new Problem('validation_failed', { errors: [{ field, code: 'blank', message: 'must say something' }] });

const entry = (
  userId: string,
  kind: Entry['kind'],
  balance: number,
  reserved: number,
  generationId: string | null = null,
): Entry => ({ userId, generationId, kind, balance, reserved, adjustment: null });
