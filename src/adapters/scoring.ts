import type { Config } from '../../config/config.js';
import type { Database } from '../database/database.js';
import type { ThreatScores } from '../ports/threat-scores.js';
import { FallbackThreatScores } from './fallback-threat-scores.js';
import { PostgresThreatScores } from './postgres/postgres-threat-scores.js';

/** The threat scores that all instances share. */
export interface Scoring {
  readonly scores: ThreatScores;
  open(): void;
  close(): Promise<void>;
}

/** Redis where configured, which loads its client, with the database as fallback; else the database. */
export async function createScoring(
  { redisUrl }: Pick<Config, 'redisUrl'>,
  database: Database,
  trouble: (what: string) => (cause: unknown) => void,
): Promise<Scoring> {
  const exact = new PostgresThreatScores(database, trouble('the threat scores in the database'));
  const away = trouble('the threat scores in Redis');
  const shared =
    redisUrl === null
      ? null
      : new (await import('./redis/redis-threat-scores.js')).RedisThreatScores(redisUrl, away);
  return {
    scores: shared === null ? exact : new FallbackThreatScores(shared, exact, away),
    open: () => {
      exact.open();
      shared?.open();
    },
    close: async () => {
      await exact.close();
      shared?.close();
    },
  };
}
