import { sql } from 'kysely';
import { sharedScorePolicy, threatPolicy } from '../../../config/policy/perimeter/threats.js';
import type { Database } from '../../database/database.js';
import { ThreatScores, type SharedScore } from '../../ports/threat-scores.js';
import { inBatches } from '../../tasks/in-batches.js';
import { PeriodicTask } from '../../tasks/periodic-task.js';

const { halfLifeSeconds, maxScore, explainedBy } = threatPolicy;
const { announcedSeconds, lifetimeSeconds, purgeEveryMs, purgeBatch } = sharedScorePolicy;

/** The share of the points of a row `s` that is left. */
const left = sql`power(0.5, greatest(0, extract(epoch from clock_timestamp() - s.updated_at)) / ${halfLifeSeconds}::float8)`;

/** Threat scores in the database: one statement for all subjects of a publication. */
export class PostgresThreatScores extends ThreatScores {
  private readonly purging: PeriodicTask;

  constructor(
    private readonly database: Database,
    onTrouble: (error: unknown) => void,
  ) {
    super();
    this.purging = new PeriodicTask({
      everyMs: purgeEveryMs,
      run: (signal) => inBatches(purgeBatch, () => this.removeOld(), signal),
      onError: onTrouble,
    });
  }

  open(): void {
    this.purging.start();
  }

  close(): Promise<void> {
    return this.purging.stop();
  }

  async add(evidence: readonly SharedScore[]): Promise<readonly SharedScore[]> {
    // In one order, so that two instances never wait for each other's rows.
    const sorted = evidence.toSorted((one, other) => (one.subject < other.subject ? -1 : 1));
    const sum = (column: 'hard' | 'soft') =>
      sql`array(select least(${maxScore}::float8, coalesce(held, 0) * ${left} + coalesce(more, 0))
        from unnest(s.${sql.ref(column)}, excluded.${sql.ref(column)}) with ordinality as both_of (held, more, at) order by at)`;
    const { rows } = await sql<SharedScore>`
      insert into velro.threat_scores as s (subject, hard, soft, recent, updated_at)
      select subject, array(select jsonb_array_elements_text(hard)::float8),
        array(select jsonb_array_elements_text(soft)::float8), array(select jsonb_array_elements_text(recent)), clock_timestamp()
      from jsonb_to_recordset(${JSON.stringify(sorted)}::jsonb) as given (subject text, hard jsonb, soft jsonb, recent jsonb)
      on conflict (subject) do update set hard = ${sum('hard')}, soft = ${sum('soft')},
        recent = (s.recent || excluded.recent)[greatest(1, cardinality(s.recent || excluded.recent) - ${explainedBy - 1}):],
        updated_at = greatest(s.updated_at, clock_timestamp())
      returning subject, hard, soft, recent`.execute(this.database.query);
    return rows;
  }

  async announce(subjects: readonly string[]): Promise<void> {
    await sql`update velro.threat_scores set announced_at = clock_timestamp() where subject = any(${subjects})`.execute(
      this.database.query,
    );
  }

  async announced(): Promise<readonly SharedScore[]> {
    const { rows } = await sql<SharedScore>`
      select subject, array(select p * ${left} from unnest(hard) with ordinality u (p, at) order by at) as hard,
        array(select p * ${left} from unnest(soft) with ordinality u (p, at) order by at) as soft, recent
      from velro.threat_scores s
      where announced_at > now() - make_interval(secs => ${announcedSeconds})
      order by announced_at desc limit ${sharedScorePolicy.announced}`.execute(this.database.query);
    return rows;
  }

  async forget(subjects: readonly string[]): Promise<void> {
    await sql`delete from velro.threat_scores where subject = any(${subjects})`.execute(this.database.query);
  }

  private async removeOld(): Promise<number> {
    const { numAffectedRows } = await sql`
      delete from velro.threat_scores where subject in (
        select subject from velro.threat_scores where updated_at < now() - make_interval(secs => ${lifetimeSeconds})
        limit ${purgeBatch} for update skip locked)`.execute(this.database.query);
    return Number(numAffectedRows ?? 0);
  }
}
