import { SiemReceiver } from '../../ports/delivery/siem-receiver.js';

/** Where no SIEM is configured. */
export class NoSiem extends SiemReceiver {
  readonly isConfigured = false;

  deliver(): Promise<never> {
    return Promise.reject(new Error('events are exported nowhere'));
  }
}
