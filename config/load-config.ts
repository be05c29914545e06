// First: before anything loads the database driver.
import './environment/driver-variables.js';
import { buildConfig, homeOf, needsGenerated } from './build-config.js';
import type { Config, EnvironmentName } from './config.js';
import { isDeployed, withDefaults, type Settings } from './environment/environment.defaults.js';
import { readEnvironment, variableNames } from './environment/read-environment.js';
import { validateNodeVersion, nameOf } from './environment/environment.name.js';
import { fileVariableOf } from './environment/secret-files.js';
import { setWithoutEffect } from './not-yet-in-effect.js';
import { applyRules } from './rules/environment.rules.js';
import { readTexts, parseTexts } from './environment/environment-texts.js';
import { textsOf, type Texts } from './environment/texts.js';
import { validateHome, keepSecrets } from './secrets/generated-secrets.js';
import { validateKeptSecrets } from './secrets/lost-secrets.js';
import { ValidationResult, type Fault } from './values/validation-result.js';
import { Secret } from './values/secret.js';

export type { Fault } from './values/validation-result.js';

/** Where the configuration comes from: by default `process.env` and the working directory. */
export interface Source {
  readonly env?: NodeJS.ProcessEnv;
  readonly directory?: string;
}

/** Every fault of an environment at once. Never contains a value, also not in message or stack. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(`refused: ${[...new Set(faults.map((fault) => fault.variable))].join(', ')}`);
    this.faults = faults;
  }

  /** For the terminal: one line per fault. */
  report(): string {
    const count = this.faults.length === 1 ? '1 fault' : `${this.faults.length} faults`;
    const lines = this.faults.map((fault) => `  ${lineOf(fault)}`);
    return [`Velro does not start: ${count} in its configuration.`, ...lines].join('\n');
  }
}

/** `VARIABLE: reason. hint` */
export const lineOf = ({ variable, reason, hint }: Fault): string => `${variable}: ${reason}. ${hint}`;

/** The service must not hold the credentials of the database's owner: their file is opened by the commands that run as that owner alone. */
const ownersAlone = ['DATABASE_MIGRATION_URL'];

/** A compromised service must not have the database owner's credentials. */
function dropFromProcess(): void {
  for (const variable of ownersAlone)
    for (const name of [variable, fileVariableOf(variable)]) Reflect.deleteProperty(process.env, name);
}

interface Validated {
  readonly name: EnvironmentName | null;
  readonly settings: Settings;
  readonly result: ValidationResult;
  /** Set variables that nothing reads yet. */
  readonly withoutEffect: readonly string[];
}

function validate(
  texts: Texts,
  directory: string,
  result: ValidationResult,
  asked?: EnvironmentName,
): Validated {
  const environment = readEnvironment(parseTexts(texts, result), result);
  const name = nameOf(environment, texts, asked, result);
  result.closeRefused();
  // The rules of an undecided environment are unknown; those of every environment are applied all the same.
  const settings = withDefaults(environment, name ?? 'development');
  applyRules(settings, name ?? 'development', result);
  validateNodeVersion(texts, name !== null && isDeployed(name), result);
  if (name !== null && !isDeployed(name)) {
    const home = homeOf(settings, directory);
    validateHome(home, result);
    if (needsGenerated(settings)) validateKeptSecrets(home, result);
  }
  return { name, settings, result, withoutEffect: setWithoutEffect(environment) };
}

function inOrder(faults: readonly Fault[]): Fault[] {
  const order = variableNames();
  const place = ({ variable }: Fault): number => {
    const own = order.indexOf(variable);
    const at = own === -1 ? order.indexOf(variable.replace(/_FILE$/, '')) : own;
    return at === -1 ? order.length : at;
  };
  return [...faults].sort((one, other) => place(one) - place(other));
}

/** What a boot would make of an environment. */
export interface Verdict {
  readonly name: EnvironmentName | null;
  readonly faults: readonly Fault[];
  readonly warnings: readonly string[];
  readonly withoutEffect: readonly string[];
}

const verdictOf = ({ name, result, withoutEffect }: Validated): Verdict => ({
  name,
  faults: inOrder(result.faults),
  warnings: result.warnings,
  withoutEffect,
});

/**
 * Validates without side effects: nothing is generated, written or removed. `.env` and files of secrets count only if
 * `env` already holds their values.
 */
export function validateEnvironment(
  env: NodeJS.ProcessEnv,
  options: { readonly environment?: EnvironmentName; readonly directory?: string } = {},
): Verdict {
  const directory = options.directory ?? process.cwd();
  return verdictOf(validate(textsOf(env), directory, new ValidationResult(), options.environment));
}

/** Validates the environment as a boot would read it, `.env` and files of secrets included, without side effects. */
export function validateSource(source: Source & { readonly environment?: EnvironmentName } = {}): Verdict {
  const directory = source.directory ?? process.cwd();
  const result = new ValidationResult();
  const texts = readTexts(source.env ?? process.env, directory, result, ownersAlone);
  return verdictOf(validate(texts, directory, result, source.environment));
}

/**
 * The whole configuration, deeply frozen. In development and test missing secrets are generated and stored in
 * VELRO_HOME.
 * @throws ConfigurationError naming every fault, before anything else has started
 */
export function loadConfig(source: Source = {}): Config {
  const directory = source.directory ?? process.cwd();
  const result = new ValidationResult();
  const texts = readTexts(source.env ?? process.env, directory, result, ownersAlone);
  const { name, settings, withoutEffect } = validate(texts, directory, result);
  dropFromProcess();
  const sound = result.faults.length === 0;
  const embedded = name !== null && !isDeployed(name) && sound && needsGenerated(settings);
  const generated = embedded ? keepSecrets(homeOf(settings, directory), result) : null;
  if (name === null || result.faults.length > 0) throw new ConfigurationError(inOrder(result.faults));
  return buildConfig(settings, { name, directory, generated, warnings: result.warnings, withoutEffect });
}

/** Absolute path of VELRO_HOME by the environment and `.env`, whatever else they hold. Nothing is generated or written. */
export function locateHome(source: Source = {}): string {
  const directory = source.directory ?? process.cwd();
  const result = new ValidationResult();
  const texts = readTexts(source.env ?? process.env, directory, result, ownersAlone);
  return homeOf(validate(texts, directory, result).settings, directory);
}

const migrationVariables = ['DATABASE_URL', 'DATABASE_MIGRATION_URL'].flatMap((name) => [
  name,
  fileVariableOf(name),
]);

/**
 * The owner's database address, for `db:migrate` and `db:backup` alone; null where the embedded database is used.
 * Call it before `loadConfig`, which drops the variable.
 * @throws ConfigurationError with the faults of `.env` and of the two database addresses
 */
export function loadMigrationUrl(source: Source = {}): Secret | null {
  const directory = source.directory ?? process.cwd();
  const result = new ValidationResult();
  const texts = readTexts(source.env ?? process.env, directory, result);
  const { settings } = validate(texts, directory, result);
  const faults = result.faults.filter(
    ({ variable }) => variable === '.env' || migrationVariables.includes(variable),
  );
  if (faults.length > 0) throw new ConfigurationError(faults);
  return settings.DATABASE_MIGRATION_URL ?? null;
}
