import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../process/project-root.js';
import { until } from '../process/wait-until.js';

const run = promisify(execFile);

/** The client's dist/ as `npm run client` builds it: made once for all specs of a run, and copied for each. */
export async function buildClient(out: string): Promise<void> {
  const shared = process.env['VELRO_TEST_SHARED'];
  if (shared === undefined) return build(out);
  const [folder, note] = [join(shared, 'client'), join(shared, 'client-is-built')];
  // Another worker builds; where its build has failed, this one does and says why.
  if (!isFirst(folder)) await until(() => existsSync(note) || !existsSync(folder), 'the build of the client');
  if (!existsSync(note)) {
    mkdirSync(folder, { recursive: true });
    try {
      await build(join(folder, 'dist'));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    writeFileSync(note, '');
  }
  cpSync(join(folder, 'dist'), out, { recursive: true });
}

async function build(out: string): Promise<void> {
  await run(process.execPath, [join(projectRoot, 'tools/client/build.ts'), '--out', out]);
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
