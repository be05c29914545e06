/** A monitor elsewhere, which is told that the service is alive and alarms when it is not told. */
export abstract class HealthMonitor {
  /** False: nobody is told. */
  abstract readonly isConfigured: boolean;
  /** Resolves once the monitor has taken it; rejects within ten seconds otherwise. */
  abstract tell(signal: AbortSignal): Promise<void>;
}
