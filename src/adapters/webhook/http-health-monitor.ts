import { healthPingPolicy } from '../../../config/policy/perimeter/health-ping.js';
import type { Secret } from '../../../config/values/secret.js';
import { HealthMonitor } from '../../ports/delivery/health-monitor.js';

/** Asks an address, as healthchecks.io and its like have one for each service: whoever knows it can say that the service is alive. */
export class HttpHealthMonitor extends HealthMonitor {
  constructor(private readonly url: Secret | null) {
    super();
  }

  get isConfigured(): boolean {
    return this.url !== null;
  }

  async tell(signal: AbortSignal): Promise<void> {
    if (this.url === null) throw new Error('there is no monitor');
    const answer = await fetch(this.url.reveal(), {
      headers: { 'user-agent': 'velro-health' },
      // The configured address only, not a redirect's target.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(healthPingPolicy.answerMs)]),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`the monitor answered ${answer.status}`);
  }
}
