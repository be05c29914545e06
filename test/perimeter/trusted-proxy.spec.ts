import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operatorOf } from '../support/accounts/operator.js';
import { Service } from '../support/process/service.js';

const proxy = '127.0.0.1';
const stranger = '127.9.0.1';
/** Three of these an hour pass from one client. */
const path = '/api/v1/auth/login';

const modes = [
  {
    title: 'that names the client in X-Real-IP',
    env: { TRUSTED_PROXY: 'railway', TRUSTED_PROXY_PEERS: `${proxy}/32` },
    header: 'x-real-ip',
    through: (client: string) => client,
  },
  {
    title: 'that adds the client to X-Forwarded-For',
    env: { TRUSTED_PROXY: `${proxy}/32` },
    header: 'x-forwarded-for',
    // What the client wrote itself stands before what the proxy saw.
    through: (client: string) => `198.51.100.250, ${client}`,
  },
];

describe.each(modes)('behind a proxy $title', ({ env, header, through }) => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start(env);
  });
  afterAll(async () => {
    await service.discard();
  });

  const ask = (peer: string, client: string) =>
    service.visitor(peer).call(path, { headers: { [header]: through(client) } });
  const statuses = async (peer: string, clients: readonly string[]): Promise<number[]> => {
    const seen: number[] = [];
    for (const client of clients) seen.push((await ask(peer, client)).status);
    return seen;
  };

  it('each client has its own limit', async () => {
    const refused = await statuses(proxy, Array<string>(4).fill('198.51.100.1'));
    expect(refused).toEqual([405, 405, 405, 429]);
    expect(await statuses(proxy, ['198.51.100.2'])).toEqual([405]);
  });

  it('all addresses of one IPv6 network have one limit together', async () => {
    const one = ['2001:db8:1:1::1', '2001:db8:1:1::2', '2001:db8:1:1:ffff::3', '2001:db8:1:1::4'];
    expect(await statuses(proxy, one)).toEqual([405, 405, 405, 429]);
    expect(await statuses(proxy, ['2001:db8:1:2::1'])).toEqual([405]);
  });

  it('a peer that is no proxy has the limit of its own address, whatever it sends', async () => {
    const named = ['198.51.100.11', '198.51.100.12', '198.51.100.13', '198.51.100.14'];
    expect(await statuses(stranger, named)).toEqual([405, 405, 405, 429]);
  });

  it.each(['203.0.113.7:51234', '[2001:db8:7::1]:443', '[2001:db8:7:8::1]'])(
    'a client that the proxy names as %s has its own limit',
    async (client) => {
      expect(await statuses(proxy, Array<string>(4).fill(client))).toEqual([405, 405, 405, 429]);
      expect(await statuses(proxy, [client.replace('7', '9')])).toEqual([405]);
    },
  );

  it('a client that the proxy names in an unreadable form is counted, and warned about once', async () => {
    const scraped = async (): Promise<string> =>
      (await service.visitor('127.9.0.3').call('/metrics', { headers: operatorOf(service) })).text;
    expect(await scraped()).toContain('unreadable_client_addresses 0');
    for (const client of ['unknown', '_hidden', 'unknown']) await ask(proxy, client);
    expect(await scraped()).toContain('unreadable_client_addresses 3');
    await service.logged();
    const warned = service.lines().filter(({ msg }) => msg.includes('in a form that is no address'));
    expect(warned).toEqual([
      expect.objectContaining({ level: 'warn', msg: expect.stringContaining(header) }),
    ]);
    expect(service.printed).not.toContain('_hidden');
  });

  it("the log has the client's address, or that of a peer that is no proxy", async () => {
    const probe = async (peer: string): Promise<unknown> => {
      const { headers } = await service.visitor(peer).call('/.env', {
        headers: { [header]: through('198.51.100.77') },
      });
      return (await service.linesOf(headers['x-request-id']))[0]?.['source_ip'];
    };
    expect([await probe(proxy), await probe('127.9.0.2')]).toEqual(['198.51.100.77', '127.9.0.2']);
  });
});
