import { parseArgs } from 'node:util';
import { environmentAsItStands, validateEnvironment, lineOf } from '../../config/load-config.js';
import type { EnvironmentName } from '../../config/config.js';

const names: readonly EnvironmentName[] = ['development', 'staging', 'production', 'test'];
const usage = `usage: npm run security:validate -- [--environment ${names.join('|')}] [--json]
Judges the environment as it stands, .env included, by the rules of the boot. Exit 0: it would boot. Exit 1: it would not.`;

const isName = (text: string): text is EnvironmentName => names.some((name) => name === text);

function readArguments(): { environment?: EnvironmentName; json: boolean; help: boolean } | null {
  // Started through scripts/start.mjs, the command's own name and npm's dashes stand before the options.
  const rest = process.argv
    .slice(2)
    .filter((argument, at) => !(at <= 1 && /^(security-validate|--)$/.test(argument)));
  try {
    const { values } = parseArgs({
      args: rest,
      options: {
        environment: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { environment, json, help } = values;
    if (environment === undefined) return { json, help };
    return isName(environment) ? { environment, json, help } : null;
  } catch {
    return null;
  }
}

function validate(environment: EnvironmentName | undefined, json: boolean): void {
  const stands = environmentAsItStands();
  const verdict = validateEnvironment(stands.texts, environment === undefined ? {} : { environment });
  const faults = [...stands.faults, ...verdict.faults];
  const ok = faults.length === 0;
  process.exitCode = ok ? 0 : 1;
  const name = verdict.name ?? 'undecided';
  if (json) {
    console.log(JSON.stringify({ environment: name, ok, faults, warnings: verdict.warnings }));
    return;
  }
  for (const fault of faults) console.log(lineOf(fault));
  for (const warning of verdict.warnings) console.log(`warning: ${warning}`);
  if (ok) console.log(`ok: this environment would boot as ${name}.`);
}

const given = readArguments();
if (given === null) {
  console.error(usage);
  process.exitCode = 2;
} else if (given.help) console.log(usage);
else validate(given.environment, given.json);
