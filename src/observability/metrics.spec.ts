import { describe, expect, it } from '@jest/globals';
import {
  seriesAtMost,
  slowStatementSeconds,
  statementSeconds,
} from '../../config/policy/operations/metrics.js';
import { Log } from './log.js';
import { Metrics } from './metrics.js';
import { metricsText, prefersOpenMetrics } from './metrics-text.js';
import { SecurityEvents } from './security-events.js';
import { StatementTimes } from './statement-times.js';

const openMetrics = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
const newMetrics = (): Metrics => new Metrics(new SecurityEvents(Log.silent()));

describe('a counter with labels', () => {
  it('holds a bounded number of series whatever its labels are, and counts the rest together', async () => {
    const metrics = newMetrics();
    for (let at = 0; at < seriesAtMost + 500; at++) metrics.countError(`code-${at}`);
    metrics.countError('code-0');
    const { text } = await metricsText(metrics.registry, undefined);
    const series = [...text.matchAll(/^errors_by_code\{code="([^"]+)"\} (\d+)$/gm)];
    expect(series).toHaveLength(seriesAtMost + 1);
    expect(series.filter(([, , value]) => value !== '1').map(([, code, value]) => [code, value])).toEqual([
      ['code-0', '2'],
      ['other', '500'],
    ]);
  });
});

describe('the text of the metrics', () => {
  it('has the same names in both formats, in whichever order they are scraped', async () => {
    const metrics = newMetrics();
    metrics.measureProcess();
    metrics.countError('not_found');
    const namesIn = async (accept: string | undefined): Promise<string[]> => {
      const { text } = await metricsText(metrics.registry, accept);
      return [...new Set([...text.matchAll(/^([a-z_]+)[ {]/gm)].map(([, name]) => String(name)))].sort();
    };
    const plain = await namesIn(undefined);
    expect(plain).toEqual(expect.arrayContaining(['failed_auth_attempts', 'process_cpu_seconds_total']));
    expect(await namesIn(openMetrics)).toEqual(plain);
    expect(await namesIn(undefined)).toEqual(plain);
  });

  it('has the trace of the latest observation at the buckets of a histogram, in OpenMetrics alone', async () => {
    const metrics = newMetrics();
    const series = metrics.durations('things', 'Seconds.', [0.1, 1]).of({ kind: 'a' });
    series.observe(0.5, 'a'.repeat(32));
    series.observe(0.6, 'b'.repeat(32));
    series.observe(0.05);
    const { text, contentType } = await metricsText(metrics.registry, openMetrics);
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(text.split('\n').filter((line) => line.includes(' # '))).toEqual([
      expect.stringMatching(
        /^things_bucket\{le="1",kind="a"\} 3 # \{trace_id="b{32}"\} 0\.6 \d{10}(\.\d+)?$|^things_bucket\{kind="a",le="1"\} 3 # \{trace_id="b{32}"\} 0\.6 \d{10}(\.\d+)?$/,
      ),
    ]);
    expect(text).toMatch(/\n# EOF\n$/);
    expect((await metricsText(metrics.registry, undefined)).text).not.toContain('trace_id');
  });

  it.each([
    [openMetrics, true],
    ['application/openmetrics-text', true],
    ['APPLICATION/OpenMetrics-Text; Q=0.9, text/plain;q=0.9', true],
    ['text/plain, application/openmetrics-text;q=0.5', false],
    ['application/openmetrics-text;q=0', false],
    ['application/openmetrics-text;q=x', false],
    ['text/plain', false],
    ['*/*', false],
    ['', false],
  ])('for %j is OpenMetrics: %p', (accept, expected) => {
    expect(prefersOpenMetrics(accept)).toBe(expected);
  });
});

describe('the durations of statements', () => {
  it('know of a statement its first word alone', () => {
    const times = new StatementTimes();
    times.observe('select secret from somewhere', 0.01);
    times.observe('  WITH x as (select 1)', 0.01);
    times.observe('drop table secret', 0.01);
    times.observe('', 0.01);
    expect(
      times.series.map(({ labels, counts }) => [labels['statement'], counts.reduce((a, b) => a + b)]),
    ).toEqual([
      ['select', 1],
      ['insert', 0],
      ['update', 0],
      ['delete', 0],
      ['with', 1],
      ['other', 2],
    ]);
  });

  it('count as slow what takes longer than the limit, which is a bound of the histogram', () => {
    expect(statementSeconds).toContain(slowStatementSeconds);
    const times = new StatementTimes();
    for (const seconds of [0.001, slowStatementSeconds, slowStatementSeconds + 0.001, 5])
      times.observe('update x', seconds);
    expect(times.slow).toBe(2);
  });
});
