import { Injectable, type OnModuleInit } from '@nestjs/common';
import { loginPatternPolicy } from '../../config/policy/perimeter/threats.js';
import { BoundedCache } from '../cache/bounded-cache.js';
import { addressKeyOf } from '../network/client-address.js';
import { SecurityEvents, type SecurityEvent } from '../observability/security-events.js';
import { Clock } from '../ports/clock.js';
import { bruteForceSeen, credentialStuffingSeen } from './threats.events.js';

/** Refused sign-ins of one source, or at one account, since the window began. */
interface Tally {
  readonly since: number;
  /** At most as many as the policy asks for. */
  readonly accounts: Set<string>;
  tries: number;
  isReported: boolean;
}

const { windowMs, accountsOfOneSource, triesAtOneAccount, remembered } = loginPatternPolicy;

/**
 * Tells apart what many refused sign-ins are: many accounts from one address (credential stuffing, a spray) or many tries at
 * one account, from wherever (brute force). What a limit refused counts as well: it is the same attempt.
 */
@Injectable()
export class LoginPatterns implements OnModuleInit {
  private readonly sources = new BoundedCache<Tally>(remembered);
  private readonly targets = new BoundedCache<Tally>(remembered);

  constructor(
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.events.listen((event) => {
      if (event.account !== undefined && event.sourceIp !== undefined && isRefusedLogin(event))
        this.onRefused(event, event.account, addressKeyOf(event.sourceIp));
    });
  }

  private onRefused(event: SecurityEvent, account: string, address: string): void {
    const source = this.tallyOf(this.sources, address, account);
    if (source.accounts.size >= accountsOfOneSource && !source.isReported) {
      source.isReported = true;
      credentialStuffingSeen(this.events, event, source.accounts.size);
    }
    const target = this.tallyOf(this.targets, account, account);
    if (target.tries >= triesAtOneAccount && !target.isReported) {
      target.isReported = true;
      bruteForceSeen(this.events, event, target.tries);
    }
  }

  private tallyOf(tallies: BoundedCache<Tally>, key: string, account: string): Tally {
    const now = this.clock.monotonic();
    let tally = tallies.get(key);
    if (tally === undefined || now - tally.since >= windowMs) {
      tally = { since: now, accounts: new Set(), tries: 0, isReported: false };
      tallies.delete(key);
      tallies.set(key, tally);
    }
    tally.tries++;
    if (tally.accounts.size < accountsOfOneSource) tally.accounts.add(account);
    return tally;
  }
}

function isRefusedLogin({ signal, details }: SecurityEvent): boolean {
  return signal === 'login_failed' || (signal === 'limit_exceeded' && details?.['rule'] === 'auth_login');
}
