import { describe, expect, it } from '@jest/globals';
import { dashboards, provisioning } from '../support/monitoring/dashboards.js';
import { metricsIn } from '../support/monitoring/promql.js';

/** Units of Grafana that are in use, as it names them. */
const units = ['bool_yes_no', 'bytes', 'currencyUSD', 'd', 'ops', 'percentunit', 'reqps', 's', 'short'];
const all = dashboards();

describe('the dashboards', () => {
  it('are those that the documents name, each with a uid of its own', () => {
    expect(all.map(([file]) => file).sort()).toEqual([
      'ai.json',
      'custody.json',
      'generations.json',
      'security.json',
      'traffic.json',
    ]);
    for (const [file, { uid }] of all) expect(uid).toBe(`velro-${file.replace('.json', '')}`);
  });

  it.each(all)(
    '%s: every panel has a title, a unit, a place of its own and the provisioned source',
    (_file, { panels }) => {
      const { datasources } = provisioning('datasources/prometheus.yml') as {
        datasources: { uid: string; type: string }[];
      };
      const source = { type: datasources[0]?.type, uid: datasources[0]?.uid };
      expect(panels.length).toBeGreaterThan(4);
      for (const { title, datasource, fieldConfig, targets } of panels) {
        expect([title, datasource]).toEqual([expect.stringMatching(/\w/), source]);
        expect([title, units]).toEqual([title, expect.arrayContaining([fieldConfig.defaults.unit])]);
        expect(targets.length).toBeGreaterThan(0);
        for (const { expr } of targets) expect([expr, metricsIn(expr).length]).not.toEqual([expr, 0]);
      }
      for (const distinct of [
        panels.map(({ id }) => String(id)),
        panels.map(({ title }) => title),
        panels.map(({ gridPos }) => `${gridPos.x} ${gridPos.y}`),
      ])
        expect(new Set(distinct).size).toBe(panels.length);
    },
  );

  it('lie where their provider looks for them', () => {
    expect(provisioning('dashboards/velro.yml')).toMatchObject({
      providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
    });
  });
});

describe('the metrics of an expression', () => {
  it.each([
    ['sum by (le, route) (rate(a_bucket{status="5xx"}[5m])) / sum(b)', ['a_bucket', 'b']],
    ['time() - max(a > 0) > 93600', ['a']],
    ['sum(rate(a[5m])) > 5 * sum(rate(a[1h] offset 1h)) and sum(c offset 2h) > 0', ['a', 'c']],
    ['max(p99_seconds) by (queue)', ['p99_seconds']],
  ])('%s: %j', (expression, names) => {
    expect(metricsIn(expression)).toEqual(names);
  });
});
