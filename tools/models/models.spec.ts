import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { root } from '../build.ts';
import { readModels } from './models.ts';

const models = readModels();

/** Files that comments of a model name, with the functions behind `#`. */
const referencesOf = (text: string): { file: string; names: string[] }[] =>
  [...text.matchAll(/\b((?:src|config|supabase)\/[\w./-]+\.(?:ts|sql))(?:#(\w+(?:,\w+)*))?/g)].map(
    ([, file = '', names]) => ({ file, names: names?.split(',') ?? [] }),
  );

/** A function, method, field, class or type with this name; in SQL, a function, table or index. */
function declares(file: string, name: string): boolean {
  const text = readFileSync(join(root, file), 'utf8');
  const words =
    '(?:export |abstract |private |protected |public |override |static |readonly |async |get |function |const |class |interface |type )*';
  const form = file.endsWith('.sql')
    ? `^create (?:unique )?(?:function velro\\.|table velro\\.|index )${name}\\b`
    : `^\\s*${words}${name}\\b\\s*[(<:={]`;
  return new RegExp(form, 'm').test(text);
}

/** That they hold, and find what is put in, `npm run models` shows: its searches take every core and half a gigabyte. */
describe('the models of docs/models', () => {
  it('are of the feed, a generation and the refresh tokens, each with faults by consecutive numbers that it knows', () => {
    expect(models.map(({ name }) => name)).toEqual(['generation', 'refresh-family', 'revocation-feed']);
    for (const { faults, text } of models) {
      expect([...faults.keys()]).toEqual(Array.from({ length: faults.size }, (_, at) => at + 1));
      expect(faults.size).toBeGreaterThan(3);
      for (const fault of faults.keys()) expect(text).toMatch(new RegExp(`FAULT [!=]= ${fault}\\b`));
    }
  });

  it.each(models)('$name names files and functions that exist', ({ text }) => {
    const references = referencesOf(text);
    expect(references.length).toBeGreaterThan(10);
    const missing = references.flatMap(({ file, names }) =>
      names.filter((name) => !declares(file, name)).map((name) => `${file}#${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('are not checked, which is told and exit code 2, where spin is not on the machine', async () => {
    const env = { ...process.env, PATH: '/nowhere' };
    await expect(
      promisify(execFile)(process.execPath, ['tools/models/check.ts'], { cwd: root, env }),
    ).rejects.toMatchObject({ code: 2, stdout: expect.stringMatching(/^not checked, because spin is not/) });
  });
});
