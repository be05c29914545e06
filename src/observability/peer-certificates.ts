import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { TLSSocket } from 'node:tls';

/** Whom the service speaks TLS to, by name; what it is told of another is left out. */
export const peers = ['database', 'redis', 'supabase'] as const;
export type Peer = (typeof peers)[number];

/** What Node publishes of a connection that `fetch` opened. */
const opened = 'undici:client:connected';
interface Opened {
  readonly connectParams?: { readonly hostname?: string };
  readonly socket?: unknown;
}

/** Until when the certificates are valid that were seen at outgoing connections; a connection without TLS has none. */
export class PeerCertificates {
  private readonly ends = new Map<Peer, number>();

  /** A connection to `peer` was opened; one whose handshake is not over is looked at behind it. */
  note(peer: Peer, socket: unknown): void {
    if (!(socket instanceof TLSSocket)) return;
    // Null once the socket is gone; of a handshake that is not over it has no fields.
    const certificate = socket.getPeerCertificate() as { readonly valid_to?: string } | null;
    if (certificate?.valid_to === undefined) {
      if (socket.connecting || socket.getProtocol() === null)
        socket.once('secureConnect', () => {
          this.note(peer, socket);
        });
      return;
    }
    const end = Date.parse(certificate.valid_to);
    if (!Number.isNaN(end)) this.ends.set(peer, end / 1000);
  }

  /** Notes the connections of `fetch` to a host; returns how that ends. */
  watchFetch(peer: Peer, hostname: string): () => void {
    const look = (message: unknown): void => {
      const { connectParams, socket } = message as Opened;
      if (connectParams?.hostname === hostname) this.note(peer, socket);
    };
    subscribe(opened, look);
    return () => unsubscribe(opened, look);
  }

  /** Seconds since the epoch, by peer. */
  read(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.ends);
  }
}
