import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SecurityEvents } from '../../observability/security-events.js';
import { CounterHealth } from '../../ports/counter-health.js';

/** Says in the log when limits hold by other means than they should, and when that is over. */
@Injectable()
export class CounterHealthEvents implements OnModuleInit {
  constructor(
    private readonly health: CounterHealth,
    private readonly events: SecurityEvents,
  ) {}

  onModuleInit(): void {
    this.health.listen((up) => {
      this.events.record(
        up
          ? {
              event: 'sys_monitor_enabled',
              level: 'LOW',
              text: 'RATE-LIMITER shared counters back',
              response: 'limits shared again',
            }
          : {
              event: 'sys_monitor_disabled',
              level: 'HIGH',
              text: 'RATE-LIMITER shared counters away',
              response: 'auth limits in the database, others by share',
            },
      );
    });
  }
}
