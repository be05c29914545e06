// Benchmark of the kill switch: how long turning it takes while orders are accepted on two instances.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { urlsOf } from '../embedded-database.ts';
import { say } from '../figures.ts';
import { ask, jwtSecretOf, startService, type Service } from '../service.ts';

const [lanes, turns] = [20, 20];
/** Milliseconds. */
const atMost = 1000;
const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'a lighthouse over a violet sea' };

const operatorOf = (service: Service): Record<string, string> => {
  const { ADMIN_PASS: password } = JSON.parse(readFileSync(join(service.home, 'secrets.json'), 'utf8')) as {
    ADMIN_PASS: string;
  };
  return { authorization: `Basic ${Buffer.from(`operator:${password}`).toString('base64')}` };
};

/** @returns whether every turn was answered within a second, at the first try */
export async function benchSwitch(
  service: Service,
  env: Readonly<Record<string, string>>,
  tokens: readonly string[],
): Promise<boolean> {
  const second = await startService({
    ...env,
    JWT_SECRET: jwtSecretOf(service),
    DATABASE_URL: urlsOf(service.home).app(),
  });
  const turn = (enabled: boolean) =>
    ask(service.url, {
      method: 'POST',
      path: '/ops/ai/toggle',
      body: { enabled },
      headers: operatorOf(service),
    });
  let isPressing = true;
  let orders = 0;
  const pressing = Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      const { url } = lane % 2 === 0 ? service : second;
      while (isPressing) {
        await ask(url, { method: 'POST', path: '/api/v1/generations', body: order, token: tokens[lane] });
        orders++;
      }
    }),
  );
  const times: number[] = [];
  try {
    for (let at = 0; at < turns; at++)
      for (const enabled of [false, true]) {
        const { status, ms } = await turn(enabled);
        if (status !== 200) throw new Error(`the switch answered ${status}`);
        times.push(ms);
      }
  } finally {
    isPressing = false;
    await pressing;
    await second.stop();
  }
  const slowest = Math.max(...times);
  say(
    `the kill switch was turned ${times.length} times beside ${orders} orders on ${lanes} lanes of two instances: ${slowest.toFixed(0)} ms at most (aim ${atMost})`,
  );
  return slowest <= atMost;
}
