import { request } from 'node:http';
import { ask, register } from '../../bench/support/service.ts';
import { repeat, Statuses, type Scenario } from '../scenario.ts';

const people = 6;

/** Orders with their event streams, read until they end. */
export const pictures: Scenario = {
  name: 'pictures',
  while: `${people} people order a picture each and watch its event stream, again and again`,
  timesAtMost: 8,
  async begin(service) {
    const tokens: string[] = [];
    for (let at = 0; at < people; at++) tokens.push(await register(service, 700_000 + at));
    const orders = new Statuses();
    let completed = 0;
    const stop = repeat(people, async (lane) => {
      const token = tokens[lane] ?? '';
      const { status, json } = await ask(service.url, {
        method: 'POST',
        path: '/api/v1/generations',
        token,
        body: {
          model_id: 'velro/canvas',
          prompt: 'a lighthouse',
          parameters: { width: 256, height: 256 },
        },
      });
      orders.add(status);
      const id = json['id'];
      if (typeof id !== 'string') return;
      const events = await read(`${service.url}/api/v1/generations/${id}/events`, token);
      if (events.includes('event: completed')) completed++;
    });
    return async () => {
      await stop();
      return {
        text: `${orders.total} orders (${String(orders)}), ${completed} streams read until the picture was there`,
        faults: [
          ...orders.faults([202, 429], [202]),
          ...(completed < orders.of(202)
            ? [`${orders.of(202) - completed} streams ended without a picture`]
            : []),
        ],
      };
    };
  },
};

/** The whole text of an event stream, which the service ends. */
function read(url: string, token: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { agent: false, headers: { authorization: `Bearer ${token}` } },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
        incoming.on('end', () => {
          resolve(text);
        });
      },
    );
    outgoing.on('error', reject).end();
  });
}
