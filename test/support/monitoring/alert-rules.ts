import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectRoot } from '../process/project-root.js';

const require = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));
export const yaml = require('js-yaml') as { load(text: string): unknown; dump(value: unknown): string };

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  /** How long it must hold, as `5m`. */
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[];
}

/** The settings of Prometheus in the repository. */
export const prometheusFolder = join(projectRoot, 'deploy', 'prometheus');

export const readYaml = (name: string): unknown =>
  yaml.load(readFileSync(join(prometheusFolder, name), 'utf8'));

const ruleFile = (): RuleFile => readYaml('alerts.yml') as RuleFile;

export const alertRules = (): AlertRule[] => ruleFile().groups.flatMap((group) => group.rules);

/** The rules, each changed. */
export const changedRules = (change: (rule: AlertRule) => AlertRule): RuleFile => ({
  groups: ruleFile().groups.map((group) => ({ ...group, rules: group.rules.map(change) })),
});

const seconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a duration of Prometheus with one unit, as `5m`. */
export function secondsOf(duration: string): number {
  const [, number, unit] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  if (number === undefined) throw new Error(`${duration} is no duration`);
  return Number(number) * seconds[unit as keyof typeof seconds];
}
