import { parentPort } from 'node:worker_threads';
import { compose } from '../../../painter/painter.js';
import { render, type Step } from '../../../painter/render.js';
import type { Answer, Order } from './studio-message.js';

/** Where each step begins, by its share of the time measured for a 1024×1024 picture. */
const PERCENT: Record<'composing' | Step, number> = { composing: 5, rasterising: 10, encoding: 55 };

const port = parentPort;
if (port === null) throw new Error('canvas.worker runs in a worker thread');

const answer = (message: Answer, transfer: ArrayBuffer[] = []): void => {
  port.postMessage(message, transfer);
};

async function paint({ id, request }: Order): Promise<void> {
  const step = (name: keyof typeof PERCENT): void => {
    answer({ id, kind: 'step', percent: PERCENT[name] });
  };
  try {
    step('composing');
    const { png, width, height } = await render(compose(request), step);
    answer({ id, kind: 'picture', png, width, height }, [png.buffer]);
  } catch (error) {
    answer({ id, kind: 'failure', message: error instanceof Error ? error.message : 'unknown failure' });
  }
}

port.on('message', (order: Order) => {
  void paint(order);
});
