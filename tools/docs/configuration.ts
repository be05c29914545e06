// Writes docs/configuration.md from the declarations of the environment.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { format, resolveConfig } from 'prettier';
import { build, root } from '../build.ts';
import { configurationText, type ConfigurationParts, type Name } from './configuration-text.ts';

const page = join(root, 'docs/configuration.md');

/** docs/configuration.md as Markdown: every variable, its default, what the templates set, and what is refused. */
export async function configurationPage(): Promise<string> {
  await build();
  await import('#dist/config/environment/environment.js');
  const { variables } = await import('#dist/config/environment/environment.fields.js');
  const { withDefaults } = await import('#dist/config/environment/environment.defaults.js');
  const { limitVariables } = await import('#dist/config/rules/limits.js');
  const { rateLimits } = await import('#dist/config/policy/perimeter/rate-limits.js');
  const { watchedVariables } = await import('#dist/config/secrets/watched-keys.js');
  const template = (file: string): Promise<string> => readFile(join(root, file), 'utf8');
  const limits = new Map(
    Object.entries(limitVariables).flatMap(([rule, names]) =>
      names.map((name) => [name as string, rateLimits[rule as keyof typeof rateLimits]] as const),
    ),
  );
  const defaultsOf = (environment: Name): ((name: string) => unknown) => {
    const values = new Map<string, unknown>(Object.entries(withDefaults({}, environment)));
    return (name) => values.get(name) ?? limits.get(name) ?? null;
  };
  const text = configurationText({
    variables,
    watched: watchedVariables,
    defaults: {
      production: defaultsOf('production'),
      staging: defaultsOf('staging'),
      development: defaultsOf('development'),
    },
    templates: {
      production: await template('.env.production.hardened'),
      staging: await template('.env.staging.secure'),
      development: await template('.env.development.secure'),
    },
    refusals: await refusalsOfTests(),
  });
  return format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
}

/** The table of test/boot. Bundled, because Node does not find the sources that it names as `.js`. */
async function refusalsOfTests(): Promise<ConfigurationParts['refusals']> {
  const { outputFiles } = await bundle({
    entryPoints: [join(root, 'test/boot/refusals.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const source = outputFiles.map(({ text }) => text).join('');
  const made = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
    refusals: ConfigurationParts['refusals'];
  };
  return made.refusals;
}

if (import.meta.main) {
  await writeFile(page, await configurationPage());
  process.stdout.write('wrote docs/configuration.md\n');
}
