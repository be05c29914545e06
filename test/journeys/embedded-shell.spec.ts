import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Command } from '../support/process/command.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { environmentOf, identityOf } from '../support/process/embedded-processes.js';
import { projectRoot } from '../support/process/project-root.js';
import { databasePid, Service, signUp } from '../support/process/service.js';

const folders = new EmbeddedFolders();
afterAll(() => folders.remove());

/** What a shell may hold for psql: any of it alone would send a connection elsewhere, or have it refused. */
const shell = {
  PGSSLMODE: 'require',
  PGHOST: '192.0.2.1',
  PGPORT: '1',
  PGUSER: 'nobody',
  PGPASSWORD: 'wrong',
  PGDATABASE: 'nowhere',
  PGOPTIONS: '-c search_path=nowhere -c statement_timeout=1',
  PGSERVICE: 'nowhere',
  PGAPPNAME: 'nowhere',
  PGDATA: '/nowhere',
  NODE_PG_FORCE_NATIVE: '1',
};

describe('variables of the shell for psql', () => {
  it('reach neither the database, nor its tools, nor the identity process, nor the commands', async () => {
    const home = folders.make();
    const service = Service.launch(shell, home);
    try {
      await service.untilListening().catch(() => undefined);
      expect(service.url).toMatch(/^http:/);
      const { visitor, token } = await signUp(service);
      const body = { model_id: 'velro/canvas', prompt: 'a bay', parameters: { width: 256, height: 256 } };
      const { json } = await visitor.call('/api/v1/generations', { token, body });
      const events = await visitor.events(`/api/v1/generations/${json.id}/events`, token);
      expect(events.at(-1)?.event).toBe('completed');
      for (const pid of [databasePid(home) ?? 0, identityOf(service.pid)])
        expect(environmentOf(pid)).not.toMatch(/PG[A-Z]/);
      const verify = Command.start(['node', join(projectRoot, 'dist/src/cli/credits-verify.js')], {
        cwd: home,
        env: { ...shell, ENVIRONMENT: 'test', VELRO_HOME: home },
      });
      expect([await verify.exited(), verify.printed]).toEqual([0, expect.stringContaining('balanced')]);
    } finally {
      await service.stop();
    }
  });
});
