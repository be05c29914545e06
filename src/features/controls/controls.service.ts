import { Injectable } from '@nestjs/common';
import { controlsPolicy } from '../../../config/policy/perimeter/controls.js';
import { Database } from '../../database/database.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import type { ClientContext } from '../../network/client-context.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { isNotBlank } from '../../perimeter/input/is-not-blank.js';
import { Clock } from '../../ports/clock.js';
import { Random } from '../../ports/random.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { controlIds, controls, isControlId, type ControlId } from './catalogue/controls.js';
import { judge, judgeAttestation, statuses, type Result, type Status, type Tally } from './judging/judge.js';
import { controlAttested, controlsAudited } from './controls.events.js';
import { ControlsRepository, type MadeAudit } from './controls.repository.js';
import { InsideLooks } from './facts/inside-looks.js';

export type { Tally } from './judging/judge.js';

/** Of the controls that the service itself can judge. */
export interface ControlsReport {
  readonly at: Date;
  readonly lastAudit: MadeAudit | null;
  /** When the next audit is due; now where none was made. */
  readonly auditDueAt: Date;
  readonly results: readonly Result[];
}

/** How many are which. */
const tallyOf = (results: readonly Result[]): Tally =>
  Object.fromEntries(
    statuses.map((status) => [status, results.filter((result) => result.status === status).length]),
  ) as Record<Status, number>;

interface Look {
  /** Of the monotonic clock. */
  readonly until: number;
  readonly results: Promise<readonly Result[]>;
}

/** The one that asks a model. */
const pingControl: ControlId = 'ai/ping';
const dayMs = 24 * 3_600_000;

/** Whether what must be true of this deployment is: as the service and its records show it. */
@Injectable()
export class ControlsService {
  /** The last look at everything, and the last one that asked no model. */
  private whole: Look | null = null;
  private quiet: Look | null = null;

  constructor(
    private readonly database: Database,
    private readonly repository: ControlsRepository,
    private readonly inside: InsideLooks,
    private readonly audit: AuditTrail,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async read(client: ClientContext): Promise<ControlsReport> {
    const now = this.clock.now();
    const lastAudit = await this.repository.lastAudit();
    return {
      at: new Date(now),
      lastAudit,
      auditDueAt: new Date(
        lastAudit === null ? now : lastAudit.at.getTime() + controlsPolicy.auditEveryDays * dayMs,
      ),
      results: [...(await this.automatic(client.requestId)), ...(await this.attested(now))],
    };
  }

  /** For what is true at this moment. @throws Problem `validation_failed`, `not_found` for a control that takes nobody's word */
  async attest(caller: Caller, control: string, note: string, client: ClientContext): Promise<Result> {
    if (!isControlId(control)) throw new Problem('not_found');
    const { check } = controls[control];
    if (check.by !== 'attestation') throw new Problem('not_found');
    if (!isNotBlank(note))
      throw new Problem('validation_failed', {
        errors: [{ field: 'note', code: 'blank', message: 'must say something' }],
      });
    await this.database.transaction(async (tx) => {
      const audited = await this.audit.entry(
        tx,
        { action: 'control.attested', subjectId: null, details: { control, note } },
        client,
      );
      const word = { control, reviewerId: caller.userId, note };
      await this.repository.attest(tx, this.random.timeOrderedUuid(), word, audited);
    });
    controlAttested(this.events, client, control);
    const now = this.clock.now();
    return judgeAttestation(
      control,
      check.everyDays,
      { at: new Date(now), reviewer: caller.userId },
      this.inside.isDeployed,
      now,
    );
  }

  /** An audit that was made, by how many of its lines were which. */
  async record(caller: Caller, tally: Tally, client: ClientContext): Promise<ControlsReport> {
    await this.database.transaction(async (tx) => {
      const audited = await this.audit.entry(
        tx,
        { action: 'controls.audited', subjectId: null, details: { ...tally } },
        client,
      );
      await this.repository.record(tx, this.random.timeOrderedUuid(), caller.userId, tally, audited);
    });
    controlsAudited(this.events, client, tally.fail);
    return this.read(client);
  }

  /** How many of them are which, without asking a model: a reading that is repeated every few seconds must cost nothing. */
  async tally(): Promise<Tally> {
    const results = [...(await this.automatic(null)), ...(await this.attested(this.clock.now()))];
    return tallyOf(results);
  }

  private async attested(now: number): Promise<readonly Result[]> {
    const words = await this.repository.lastWords();
    return controlIds.flatMap((id) => {
      const { check } = controls[id];
      if (check.by !== 'attestation') return [];
      return judgeAttestation(id, check.everyDays, words.get(id) ?? null, this.inside.isDeployed, now);
    });
  }

  /** Looked at anew after a while: a look asks a model, the scanner and the database. `requestId`: for which a model is asked; null: none is. */
  private automatic(requestId: string | null): Promise<readonly Result[]> {
    const now = this.clock.monotonic();
    const isFresh = (look: Look | null): look is Look => look !== null && now < look.until;
    if (isFresh(this.whole)) return this.whole.results;
    if (requestId === null && isFresh(this.quiet)) return this.quiet.results;
    const ids = controlIds.filter((id) => controls[id].check.by === 'inside');
    const judged = requestId === null ? ids.filter((id) => id !== pingControl) : ids;
    const results = this.inside
      .look(requestId)
      .then((facts) => judged.flatMap((id) => judge(id, { inside: facts }) ?? []));
    const look = { until: now + controlsPolicy.lookedAtEveryMs, results };
    if (requestId === null) this.quiet = look;
    else this.whole = look;
    results.catch(() => {
      this.whole = this.quiet = null;
    });
    return results;
  }
}
