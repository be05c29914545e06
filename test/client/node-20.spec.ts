import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { EmptyProject } from '../support/client/empty-project.js';
import { itInNode20, node20 } from '../support/client/node-20.js';
import { password, Service } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

describe('the packed client', () => {
  let project: EmptyProject | undefined;
  let service: Service | undefined;
  beforeAll(async () => {
    if (node20 === null) return;
    [project, service] = await Promise.all([EmptyProject.install(), sharedService()]);
  });
  afterAll(async () => {
    await service?.discard();
    project?.remove();
  });

  itInNode20(
    'registers, signs in, calls, is refused and follows a generation on Node 20',
    async (program) => {
      const person = { email: `${randomUUID()}@example.com`, password };
      const script = `
      import { createClient, VelroError } from '@velro/client';
      const person = ${JSON.stringify(person)};
      const open = () => createClient({ baseUrl: ${JSON.stringify(service?.url)} });
      await open().POST('/api/v1/auth/register', { body: person });
      const velro = open();
      const refused = await velro.GET('/api/v1/auth/me').catch((error) => error instanceof VelroError && error.code);
      const { data: login } = await velro.POST('/api/v1/auth/login', { body: person });
      const { data: me } = await velro.GET('/api/v1/auth/me');
      const { data, response } = await velro.generate({ model_id: 'velro/canvas', prompt: 'a red boat' });
      const events = [];
      let media = 0;
      for await (const { event, data: state } of velro.events(data.id)) {
        if (events.at(-1) !== event) events.push(event);
        media = state.media?.length ?? 0;
      }
      await velro.refresh();
      await velro.POST('/api/v1/auth/logout', { body: {} });
      const after = await velro.GET('/api/v1/auth/me').catch((error) => error.code);
      const { version } = process;
      console.log(JSON.stringify({
        version, refused, mfa: login.mfa_required, email: me.email, status: response.status, last: events.at(-1), media, after,
      }));
    `;
      expect(JSON.parse((await project?.node(script, program)) ?? '')).toEqual({
        version: expect.stringMatching(/^v20\./),
        refused: 'token_missing',
        mfa: false,
        email: person.email,
        status: 202,
        last: 'completed',
        media: 1,
        after: 'token_missing',
      });
    },
  );
});
