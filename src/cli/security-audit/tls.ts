import { request } from 'node:http';
import { connect, type SecureVersion } from 'node:tls';
import type { OutsideFacts } from '../../features/controls/facts/outside-facts.js';

const withinMs = 10_000;
const dayMs = 24 * 3_600_000;
const oldVersions: readonly SecureVersion[] = ['TLSv1', 'TLSv1.1'];

const placeOf = ({ hostname, port }: URL, otherwise: number) => ({
  host: hostname.replace(/^\[|\]$/g, ''),
  port: port === '' ? otherwise : Number(port),
});

interface Handshake {
  readonly protocol: string;
  readonly isTrusted: boolean;
  readonly validTo: string;
}

/** Null where there is no agreement. */
function handshake(address: URL, version?: SecureVersion): Promise<Handshake | null> {
  return new Promise((resolve) => {
    const { host, port } = placeOf(address, 443);
    const socket = connect({
      host,
      port,
      servername: /^[\d.]+$|:/.test(host) ? '' : host,
      // To tell what is wrong with a certificate; nothing is sent over this connection.
      rejectUnauthorized: false,
      ...(version === undefined
        ? {}
        : { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }),
    });
    const end = (found: Handshake | null): void => {
      socket.destroy();
      resolve(found);
    };
    socket.setTimeout(withinMs, () => {
      end(null);
    });
    socket.once('error', () => {
      end(null);
    });
    socket.once('secureConnect', () => {
      end({
        protocol: socket.getProtocol() ?? '',
        isTrusted: socket.authorized,
        validTo: socket.getPeerCertificate().valid_to,
      });
    });
  });
}

/** @throws Error when TLS is not spoken at all */
export async function lookAtTls(address: URL): Promise<OutsideFacts['tls']> {
  if (address.protocol !== 'https:') throw new Error('the address is http');
  const found = await handshake(address);
  if (found === null) throw new Error('no TLS is spoken');
  const accepted: string[] = [];
  for (const version of oldVersions) if ((await handshake(address, version)) !== null) accepted.push(version);
  return {
    protocol: found.protocol,
    isTrusted: found.isTrusted,
    daysLeft: Math.floor((Date.parse(found.validTo) - Date.now()) / dayMs),
    oldVersions: accepted,
  };
}

/** What port 80 of the same host answers; status 0: nothing listens. */
export function askPlain({ hostname, protocol }: URL): Promise<OutsideFacts['plain']> {
  if (protocol !== 'https:') throw new Error('the address is http');
  return new Promise((resolve) => {
    const nothing = { request: 'GET /health', status: 0, headers: {}, body: '' };
    const asked = request({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: 80,
      path: '/health',
      agent: false,
    });
    asked.setTimeout(withinMs, () => asked.destroy());
    asked.once('error', () => {
      resolve(nothing);
    });
    asked.once('response', (answer) => {
      const { location } = answer.headers;
      resolve({
        ...nothing,
        status: answer.statusCode ?? 0,
        headers: location === undefined ? {} : { location },
      });
      answer.destroy();
    });
    asked.end();
  });
}
