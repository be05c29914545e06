import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { keyWatchPolicy } from '../../../config/policy/operations/key-watch.js';
import { messengerPolicy } from '../../../config/policy/assistants/messenger.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { Clock } from '../../ports/clock.js';
import { KeyFingerprints } from './key-fingerprints.js';
import { daysBetween, levelOfAge, levelOfEnd, urgencyOf, worst, type KeyLevel } from './key-level.js';
import { KeyWatchRepository, pageTokenName, type MetKey, type PageState } from './key-watch.repository.js';
import { keyRotated } from './key-watch.events.js';
import { endOfJwt } from './end-of-jwt.js';

/** Something that has to be replaced in time. */
export interface WatchedItem {
  /** A variable, or what belongs to it. */
  readonly name: string;
  /** `key`: its age counts; `token`: its end; `version`: of an interface that is spoken. */
  readonly kind: 'key' | 'token' | 'version';
  readonly level: KeyLevel;
  /** When the service met it first; null for what it does not hold. */
  readonly firstSeenAt: Date | null;
  readonly ageDays: number | null;
  /** Null: it does not end, or nobody says when. */
  readonly endsAt: Date | null;
  readonly daysLeft: number | null;
}

export interface KeyReport {
  readonly level: KeyLevel;
  /** The most urgent first. */
  readonly items: readonly WatchedItem[];
  /** Null where no page is configured. */
  readonly page: (PageState & { readonly canAskToken: boolean }) | null;
}

/** Age and end of every key and token. */
@Injectable()
export class KeyWatch {
  private met: { readonly keys: Promise<readonly MetKey[]>; readonly at: number } | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'messenger' | 'watchedKeys'>,
    private readonly fingerprints: KeyFingerprints,
    private readonly repository: KeyWatchRepository,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {}

  /** Notes which keys are in use, again after a while, and says once which of them are others than before. */
  async meet(): Promise<readonly MetKey[]> {
    const now = this.clock.monotonic();
    if (this.met === null || now - this.met.at > keyWatchPolicy.renewEveryMs)
      this.met = { keys: this.note(), at: now };
    try {
      return await this.met.keys;
    } catch (error) {
      this.met = null;
      throw error;
    }
  }

  async report(): Promise<KeyReport> {
    const met = await this.meet();
    const configured = this.config.messenger?.page ?? null;
    const page = configured === null ? null : await this.repository.page();
    const now = new Date(this.clock.now());
    const items = [
      ...met.map((key) => this.keyItem(key, page, now)),
      ...(page === null ? [] : pageItems(page, now)),
    ].sort((one, other) => urgencyOf(other.level) - urgencyOf(one.level) || (one.name < other.name ? -1 : 1));
    return {
      level: worst(items.map(({ level }) => level)),
      items,
      page: page === null ? null : { ...page, canAskToken: (configured?.appId ?? null) !== null },
    };
  }

  private note(): Promise<readonly MetKey[]> {
    return this.repository.meet(this.fingerprints.all(), (name) => {
      keyRotated(this.events, name);
    });
  }

  private keyItem({ name, firstSeenAt }: MetKey, page: PageState | null, now: Date): WatchedItem {
    const isPageToken = name === pageTokenName;
    const secret = this.config.watchedKeys.find((key) => key.name === name)?.secret.reveal() ?? '';
    const endsAt = isPageToken ? (page?.tokenExpiresAt ?? null) : endOfJwt(secret);
    const ofToken = isPageToken && page?.isTokenValid === false ? 'critical' : levelOfEnd(endsAt, now);
    return {
      name,
      kind: isPageToken || endsAt !== null ? 'token' : 'key',
      level: worst([levelOfAge(firstSeenAt, now), ofToken]),
      firstSeenAt,
      // The clock of the database may be ahead.
      ageDays: Math.max(0, daysBetween(firstSeenAt, now)),
      endsAt,
      daysLeft: endsAt === null ? null : daysBetween(now, endsAt),
    };
  }
}

function pageItems(page: PageState, now: Date): readonly WatchedItem[] {
  const graphEnd = new Date(`${messengerPolicy.graphVersionUntil}T00:00:00Z`);
  return [
    endingItem('FACEBOOK_PAGE_ACCESS_TOKEN data access', 'token', page.dataAccessExpiresAt, now),
    endingItem(`Graph API ${messengerPolicy.graphVersion}`, 'version', graphEnd, now),
  ];
}

const endingItem = (
  name: string,
  kind: WatchedItem['kind'],
  endsAt: Date | null,
  now: Date,
): WatchedItem => ({
  name,
  kind,
  level: levelOfEnd(endsAt, now),
  firstSeenAt: null,
  ageDays: null,
  endsAt,
  daysLeft: endsAt === null ? null : daysBetween(now, endsAt),
});
