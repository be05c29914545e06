import { register } from '../../bench/support/service.ts';
import { repeat, Statuses, type Scenario } from '../scenario.ts';

const bytes = 4_000_000;
const lanes = 3;

/** Texts, whose every byte is looked at and stored. */
export const uploads: Scenario = {
  name: 'uploads',
  while: `files of ${bytes / 1e6} MB are uploaded on ${lanes} connections without a pause`,
  timesAtMost: 8,
  async begin(service) {
    const tokens: string[] = [];
    for (let lane = 0; lane < lanes; lane++) tokens.push(await register(service, 600_000 + lane));
    const file = new Blob([Buffer.alloc(bytes, 'plain text ')], { type: 'text/plain' });
    const statuses = new Statuses();
    const stop = repeat(lanes, async (lane, at) => {
      const body = new FormData();
      body.append('file', file, `notes-${at}.txt`);
      const answer = await fetch(`${service.url}/api/v1/storage/upload`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokens[lane] ?? ''}` },
        body,
      });
      await answer.arrayBuffer();
      statuses.add(answer.status);
    });
    return async () => {
      await stop();
      return { text: `${statuses.total} files (${String(statuses)})`, faults: statuses.faults([201]) };
    };
  },
};
