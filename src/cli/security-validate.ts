import { parseArgs } from 'node:util';
import { validateSource, lineOf } from '../../config/load-config.js';
import type { EnvironmentName } from '../../config/config.js';
import { NotUnderstood, runCommand } from './command.js';

const names: readonly EnvironmentName[] = ['development', 'staging', 'production', 'test'];
const usage = `usage: npm run security:validate -- [--environment ${names.join('|')}] [--json]
Validates the current environment, .env and files of secrets included, by the rules of the service start. Exit 0: valid. Exit 1: invalid.`;

interface Given {
  /** The environment whose rules apply; undefined: the one that the variable ENVIRONMENT names. */
  readonly environment: EnvironmentName | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

function readArguments(args: readonly string[]): Given {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        environment: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const environment = names.find((name) => name === values.environment);
    if (environment === undefined && values.environment !== undefined) throw new NotUnderstood();
    return { environment, json: values.json, help: values.help };
  } catch {
    throw new NotUnderstood();
  }
}

function validate({ environment, json }: Given): number {
  const { faults, ...verdict } = validateSource(environment === undefined ? {} : { environment });
  const ok = faults.length === 0;
  const name = verdict.name ?? 'undecided';
  const { warnings, withoutEffect } = verdict;
  if (json) {
    console.log(
      JSON.stringify({ environment: name, ok, faults, warnings, not_yet_in_effect: withoutEffect }),
    );
    return ok ? 0 : 1;
  }
  for (const fault of faults) console.log(lineOf(fault));
  for (const warning of warnings) console.log(`warning: ${warning}`);
  for (const variable of withoutEffect) console.log(`${variable} is not yet in effect`);
  if (ok) console.log(`ok: this environment would boot as ${name}.`);
  return ok ? 0 : 1;
}

await runCommand({ usage }, (args) => {
  const given = readArguments(args);
  if (!given.help) return validate(given);
  console.log(usage);
  return 0;
});
