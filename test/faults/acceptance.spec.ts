import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import sharp from 'sharp';
import type { Line } from '../support/database/database-line.js';
import { appUrl, ask } from '../support/database/database.js';
import { templateHome } from '../support/database/template-home.js';
import { eventually, falEnvironment } from '../support/fal/fal-service.js';
import { FalServer } from '../support/fal/fal-server.js';
import { startBeside } from '../support/process/second-instance.js';
import { Service, signUp } from '../support/process/service.js';

describe('an acceptance whose answer from the database is lost', () => {
  let fal: FalServer;
  let first: Service;
  let second: Service;
  let line: Line;
  beforeAll(async () => {
    fal = await FalServer.start();
    await fal.queueHost.refuse();
    first = await Service.start({ ...falEnvironment(fal), AI_ENABLED: 'false' });
    // With an identity provider of its own it has storage of its own as well.
    const own = { SUPABASE_URL: '', SUPABASE_PUBLISHABLE_KEY: '', SUPABASE_SECRET_KEY: '' };
    ({ service: second, line } = await startBeside(
      first,
      { ...falEnvironment(fal), ...own },
      templateHome(),
    ));
  });
  afterAll(async () => {
    line.close();
    await second.discard();
    await first.discard();
    await fal.stop();
  });

  it('keeps the reference image that the accepted generation needs', async () => {
    const { token, id } = await signUp(first);
    const holder = new pg.Client({ connectionString: appUrl(first.home) });
    await holder.connect();
    await holder.query('begin');
    await holder.query('update velro.users set full_name = full_name where id = $1', [id]);
    const sent = await form();
    let answered = false;
    const order = () => {
      answered = false;
      return second
        .visitor()
        .call('/api/v1/generations', { method: 'POST', token, ...sent })
        .finally(() => (answered = true));
    };
    let answer = order();
    // The statement waits for the account. It is let go once nobody hears its answer any more.
    await eventually(async () => {
      const waiting = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%credit_entries%'`;
      if ((await ask(first.home, waiting)).length > 0) return true;
      // Its time ended before anybody looked.
      if (answered) answer = order();
      return false;
    });
    line.freeze();
    await holder.query('commit');
    await holder.end();
    expect((await answer).status).toBeGreaterThanOrEqual(500);
    line.thaw();
    const [row] = await ask<{ object_key: string }>(
      first.home,
      `select object_key from velro.generations g join velro.files f on f.id = g.reference_file_id where g.user_id = $1`,
      [id],
    );
    const references = readdirSync(join(second.home, 'objects', 'references'));
    expect(references.map((name) => `references/${name}`)).toEqual([row?.object_key]);
  });
});

async function form() {
  const image = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#336699' } })
    .png()
    .toBuffer();
  const [boundary, named] = ['edge-of-parts', 'content-disposition: form-data; name='];
  const field = (name: string, value: string): string =>
    `--${boundary}\r\n${named}"${name}"\r\n\r\n${value}\r\n`;
  return {
    raw: Buffer.concat([
      Buffer.from(field('model_id', 'fal-ai/flux-pro/kontext/max') + field('prompt', 'make it night')),
      Buffer.from(
        `--${boundary}\r\n${named}"reference_image"; filename="x.png"\r\ncontent-type: image/png\r\n\r\n`,
      ),
      image,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}
