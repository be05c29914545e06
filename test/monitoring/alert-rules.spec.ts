import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  alertRules,
  changedRules,
  prometheusFolder,
  readYaml,
  secondsOf,
  yaml,
  type AlertRule,
} from '../support/monitoring/alert-rules.js';
import { hasPrometheus, promtool } from '../support/monitoring/promtool.js';

interface RuleTests {
  readonly tests: readonly {
    readonly name: string;
    readonly alert_rule_test: readonly {
      readonly alertname: string;
      readonly eval_time: string;
      readonly exp_alerts: readonly unknown[];
    }[];
  }[];
}

const testFiles = ['alerts.test.yml', 'alerts.days.test.yml'];
const rules = alertRules();
const names = rules.map(({ alert }) => alert);

describe('the tests of the alert rules', () => {
  const tests = testFiles.flatMap((file) => (readYaml(file) as RuleTests).tests);
  const of = (name: string) =>
    tests
      .find((test) => test.name === name)
      ?.alert_rule_test.map((one) => [one.alertname, one.exp_alerts.length]);

  it.each(names)('have a case in which %s fires and one in which it does not', (alert) => {
    expect(of(`${alert} fires`)).toContainEqual([alert, 1]);
    const quiet = of(`${alert} does not fire`) ?? [];
    expect(quiet.length).toBeGreaterThan(0);
    expect(quiet.filter(([name, fired]) => name !== alert || fired !== 0)).toEqual([]);
  });

  it('are about alerts that exist', () => {
    expect(tests.map(({ name }) => name).sort()).toEqual(
      names.flatMap((alert) => [`${alert} does not fire`, `${alert} fires`]).sort(),
    );
  });
});

(hasPrometheus ? describe : describe.skip)('promtool', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-rules-'));
    cpSync(prometheusFolder, folder, { recursive: true });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('reads the alert rules', () => {
    expect(promtool(prometheusFolder, 'check', 'rules', 'alerts.yml')).toEqual({
      exitCode: 0,
      text: expect.stringContaining(`SUCCESS: ${names.length} rules found`),
    });
  });

  it('reads the settings of Prometheus, and asks for the file of the token', () => {
    const check = () => promtool(folder, 'check', 'config', 'prometheus.yml');
    expect(check()).toMatchObject({ exitCode: 1, text: expect.stringContaining('metrics-token') });
    writeFileSync(join(folder, 'metrics-token'), 'token');
    expect(check()).toMatchObject({ exitCode: 0, text: expect.stringContaining('prometheus.yml is valid') });
  });

  it('finds that every alert fires when it should and does not when it should not', () => {
    expect(promtool(prometheusFolder, 'test', 'rules', ...testFiles)).toMatchObject({ exitCode: 0 });
  });

  const threshold = /([><]=?|==) (\d[\d.]*)(?= \*|$|\s+and )/;
  const withThreshold = (change: (value: number) => number) => (rule: AlertRule) => ({
    ...rule,
    expr: rule.expr.replace(
      threshold,
      (_, sign: string, value: string) => `${sign} ${change(Number(value))}`,
    ),
  });
  const withWindows = (factor: number) => (rule: AlertRule) => ({
    ...rule,
    expr: rule.expr.replaceAll(/\[(\w+)\]/g, (_, window: string) => `[${secondsOf(window) * factor}s]`),
  });
  const withWait = (factor: number) => (rule: AlertRule) =>
    rule.for === undefined ? rule : { ...rule, for: `${secondsOf(rule.for) * factor}s` };

  it.each([
    ['a threshold is a quarter higher', withThreshold((value) => (value === 0 ? 2 : value * 1.25))],
    ['a threshold is a tenth lower', withThreshold((value) => (value === 0 ? -1 : value * 0.9))],
    ['a window is twice as long', withWindows(2)],
    ['a window is half as long', withWindows(0.5)],
    ['a wait is eight times as long', withWait(8)],
    ['there is no wait', withWait(0)],
    ['there is no such alert', (rule: AlertRule) => ({ ...rule, alert: `${rule.alert}Else` })],
  ] as const)('fails the tests of each alert where %s', (_title, change) => {
    const changed = rules.filter((rule) => JSON.stringify(change(rule)) !== JSON.stringify(rule));
    expect(changed.length).toBeGreaterThan(8);
    writeFileSync(join(folder, 'alerts.yml'), yaml.dump(changedRules(change)));
    const { text, exitCode } = promtool(folder, 'test', 'rules', ...testFiles);
    const failed = new Set([...text.matchAll(/alertname: (\w+),/g)].map(([, name]) => name));
    expect(exitCode).toBe(1);
    expect([...failed].sort()).toEqual(changed.map(({ alert }) => alert).sort());
  });
});
