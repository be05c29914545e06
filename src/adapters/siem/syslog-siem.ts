import { connect } from 'node:tls';
import { siemLimits, syslogPolicy } from '../../../config/policy/operations/siem.js';
import { SiemReceiver, type SiemBatch } from '../../ports/delivery/siem-receiver.js';
import { syslogFrame } from './syslog-message.js';

export interface SyslogOptions {
  /** Of the service, in each message; null where it is unknown. */
  readonly host: string | null;
  readonly sendTimeoutMs?: number;
  readonly settleMs?: number;
  /** Authorities in PEM that are trusted; left out: those of this machine. */
  readonly ca?: string;
}

/**
 * Sends batches as syslog over TLS (RFC 5424, RFC 5425), each over a connection of its own. Syslog has no acknowledgement: a
 * batch counts as taken once the receiver, which neither said a word nor closed before, has closed its side behind ours, as it
 * does when it has read everything. Its certificate must be trusted and name the host.
 */
export class SyslogSiem extends SiemReceiver {
  readonly isConfigured = true;

  /** `url`: syslog+tls. */
  constructor(
    private readonly url: URL,
    private readonly options: SyslogOptions,
  ) {
    super();
  }

  deliver({ records }: SiemBatch, signal: AbortSignal): Promise<void> {
    const {
      host,
      ca,
      sendTimeoutMs = siemLimits.sendTimeoutMs,
      settleMs = syslogPolicy.settleMs,
    } = this.options;
    const frames = records.map((record) => syslogFrame(host, record)).join('');
    const ending = AbortSignal.any([signal, AbortSignal.timeout(sendTimeoutMs)]);
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const fail = (reason: string): void => {
      reject(new Error(`the SIEM did not take the events: ${reason}`));
    };
    if (ending.aborted) {
      fail('aborted');
      return promise;
    }
    const socket = connect({
      host: this.url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: this.url.port === '' ? syslogPolicy.port : Number(this.url.port),
      minVersion: 'TLSv1.2',
      ...(ca === undefined ? {} : { ca }),
    });
    const abort = (): void => {
      fail('no end in time');
    };
    ending.addEventListener('abort', abort, { once: true });
    let isEnding = false;
    let hasEnded = false;
    let settling: NodeJS.Timeout | undefined;
    socket.once('secureConnect', () => {
      socket.write(frames, 'latin1', (error) => {
        if (error) return;
        // Whoever closed without reading, as a balancer without a backend does, is noticed by then.
        settling = setTimeout(() => {
          isEnding = true;
          socket.end();
        }, settleMs);
      });
    });
    socket.once('data', () => {
      fail('it answered, as no receiver of syslog does');
    });
    socket.once('end', () => {
      hasEnded = isEnding;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      fail(error.code ?? 'the connection failed');
    });
    socket.once('close', () => {
      if (hasEnded) resolve(undefined);
      else fail('it closed too early');
    });
    return promise.finally(() => {
      clearTimeout(settling);
      ending.removeEventListener('abort', abort);
      socket.destroy();
    });
  }
}
