import { Injectable } from '@nestjs/common';
import { postureCachedMs } from '../../../../config/policy/operations/security-events.js';
import { Clock } from '../../../ports/clock.js';
import { ThreatPosture, type ThreatFigures } from '../../../threats/threat-posture.js';
import { AlertReceivers, type AlertReceiverName } from '../alerts/alert-receivers.js';
import { ControlsService, type Tally } from '../../controls/controls.service.js';
import { SecurityEventsRepository, type EventCount } from '../events/security-events.repository.js';

export interface Posture extends ThreatFigures {
  /** Events of the last 24 hours by name and level. */
  readonly events: readonly EventCount[];
  /** Where alerts go. */
  readonly alertReceivers: readonly AlertReceiverName[];
  /** Controls that the service itself can judge, by status. */
  readonly controls: Tally;
}

const dayMs = 24 * 3600 * 1000;

/** Security posture of the service, for the security team. */
@Injectable()
export class PostureService {
  private counted: { readonly at: number; readonly counts: Promise<EventCount[]> } | null = null;

  constructor(
    private readonly threats: ThreatPosture,
    private readonly events: SecurityEventsRepository,
    private readonly receivers: AlertReceivers,
    private readonly controls: ControlsService,
    private readonly clock: Clock,
  ) {}

  async read(): Promise<Posture> {
    return {
      ...this.threats.read(),
      events: await this.countEvents(),
      alertReceivers: this.receivers.names,
      controls: await this.controls.tally(),
    };
  }

  /** Cached for a few seconds: a day may have many events. */
  private countEvents(): Promise<EventCount[]> {
    const now = this.clock.now();
    if (this.counted !== null && now - this.counted.at < postureCachedMs) return this.counted.counts;
    const counts = this.events.countSince(new Date(now - dayMs));
    this.counted = { at: now, counts };
    counts.catch(() => {
      this.counted = null;
    });
    return counts;
  }
}
