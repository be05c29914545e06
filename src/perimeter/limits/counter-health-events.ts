import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SecurityEvents } from '../../observability/security-events.js';
import { CounterHealth } from '../../ports/counters.js';
import { sharedCountersAway, sharedCountersBack } from '../perimeter.events.js';

/** Records when limits use the fallback counters, and when the shared ones are back. */
@Injectable()
export class CounterHealthEvents implements OnModuleInit {
  constructor(
    private readonly health: CounterHealth,
    private readonly events: SecurityEvents,
  ) {}

  onModuleInit(): void {
    this.health.listen((up) => {
      if (up) sharedCountersBack(this.events);
      else sharedCountersAway(this.events);
    });
  }
}
