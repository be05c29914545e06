import { FalServer, type FalOptions } from './fal-server.js';
import type { FalOrder } from './fal-process.js';

// A stand-in of its own process: options as its argument, orders and answers over the channel to its parent.
const server = await FalServer.start(JSON.parse(process.argv[2] ?? '{}') as FalOptions);
const { key, queueUrl, jwksUrl, mediaHost } = server;

process.on('message', (order: FalOrder) => {
  if (order.kind === 'fault') server.faults.on(order.operation, order.fault, order.times ?? Infinity);
  if (order.kind === 'clear') server.faults.clear();
  const submits = server.jobs.all.map(({ id, model, webhookUrl, state }) => ({
    id,
    model,
    webhookUrl,
    state,
  }));
  process.send?.({ submits });
});
process.once('disconnect', () => void server.stop());
process.send?.({ key, queueUrl, jwksUrl, mediaHost: mediaHost.host });
