import type { Mutant } from '../../mutant.ts';

const metrics = ['src/observability/metrics.spec.ts'];
const promtool = ['test/monitoring/alert-rules.spec.ts'];

/** Metrics, alert rules and dashboards. */
export const monitoringMutants: readonly Mutant[] = [
  {
    title: 'a counter with labels holds a series for every value',
    file: 'src/observability/metrics.ts',
    find: 'if (this.known.size >= seriesAtMost) {',
    replace: 'if (this.known.size < 0) {',
    specs: metrics,
  },
  {
    title: 'a counter has another name in OpenMetrics',
    file: 'src/observability/metrics-text.ts',
    find: ": { ...described, type: 'unknown' };",
    replace: ': described;',
    specs: metrics,
  },
  {
    title: 'an exemplar stands at every bucket above its own',
    file: 'src/observability/durations.ts',
    find: 'const exemplar = exemplars[at];',
    replace: 'const exemplar = exemplars.slice(0, at + 1).find(Boolean);',
    specs: metrics,
  },
  {
    title: 'a statement counts as another kind',
    file: 'src/observability/statement-times.ts',
    find: 'this.series[kinds.indexOf(kindOf(text))]?',
    replace: 'this.series[0]?',
    specs: metrics,
  },
  {
    title: 'a fast statement counts as slow',
    file: 'src/observability/statement-times.ts',
    find: 'statementSeconds.indexOf(slowStatementSeconds) + 1',
    replace: 'statementSeconds.indexOf(slowStatementSeconds)',
    specs: metrics,
  },
  {
    title: 'the settings of Prometheus name no file of a token',
    file: 'deploy/prometheus/prometheus.yml',
    find: '      credentials_file: metrics-token\n',
    replace: '',
    specs: promtool,
    test: 'asks for the file of the token',
  },
  {
    title: 'an alert of failing models fires late',
    file: 'deploy/prometheus/alerts.yml',
    find: 'sum(rate(ai_errors[5m])) / sum(rate(ai_calls[5m])) > 0.1',
    replace: 'sum(rate(ai_errors[5m])) / sum(rate(ai_calls[5m])) > 0.12',
    specs: promtool,
    test: 'fires when it should',
  },
  {
    title: 'the certificate of Redis is not looked at',
    file: 'src/adapters/counting.ts',
    find: "certificates.note('redis', socket);",
    replace: 'void socket;',
    specs: ['test/faults/redis.spec.ts'],
    test: 'is used when its certificate is trusted',
  },
  {
    title: 'a request leaves no trace at its bucket',
    file: 'src/observability/request-metrics.ts',
    find: 'reply.elapsedTime / 1000, traceIdOf(request)',
    replace: 'reply.elapsedTime / 1000',
    specs: ['test/perimeter/metrics.spec.ts'],
    test: 'the trace of a request',
  },
];
