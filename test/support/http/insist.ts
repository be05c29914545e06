import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './http.js';

const attempts = 50;

/** Whether a client is told to ask again, because the service or what it depends on has too much to do. */
export const isBusy = ({ status, json }: Answer): boolean =>
  (status === 503 && json.code === 'unavailable') || (status === 429 && json.code === 'busy');

/** Asks until the answer is taken, a bounded number of times; returns the last answer. */
export async function askUntil<T>(ask: () => Promise<T>, isTaken: (answer: T) => boolean): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask();
    if (isTaken(answer) || attempt === attempts) return answer;
    await sleep(20 * attempt + Math.random() * 200);
  }
}

/**
 * Asks for as long as the answer is that the service is busy, which on a machine with other work it may be: for what is
 * shown about the answer itself, however many ask at once.
 */
export const insist = (ask: () => Promise<Answer>): Promise<Answer> =>
  askUntil(ask, (answer) => !isBusy(answer));
