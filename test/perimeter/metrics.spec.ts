import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { counters } from '../../config/policy/operations/metrics.js';
import { ask } from '../support/database/database.js';
import { alertRules } from '../support/monitoring/alert-rules.js';
import { metricsIn, metricsOf } from '../support/monitoring/promql.js';
import { guideColumn } from '../support/monitoring/operations-guide.js';
import { until } from '../support/process/wait-until.js';
import { basic, operatorOf, valueOf } from '../support/accounts/operator.js';
import { password, Service } from '../support/process/service.js';

const token = '5b1f0c6e9a7d4e3f8c2b1a0d9e8f7c6b5a4d3e2f1c0b9a8d7e6f5c4b3a2d1e0f';

describe('/metrics', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ METRICS_TOKEN: token });
  });
  afterAll(async () => {
    await service.discard();
  });

  const scrape = async (): Promise<string> => (await service.visitor().call('/metrics', { token })).text;
  const violation = (type = 'application/csp-report', directive = 'script-src-elem') =>
    service.visitor().call('/api/v1/csp-report', {
      raw: JSON.stringify({
        'csp-report': { 'violated-directive': directive, 'blocked-uri': 'https://evil.example/<b>' },
      }),
      headers: { 'content-type': type },
    });

  it('has every counter at zero before anything has happened', async () => {
    const text = await scrape();
    for (const name of Object.keys(counters)) expect([name, valueOf(text, name)]).toEqual([name, 0]);
    expect(valueOf(text, 'suspicious_ip_blocks')).toBe(0);
  });

  it('has every metric that the operations guide names, and no other', async () => {
    const named = guideColumn('Metrics', 1).filter((name) => !name.endsWith('*'));
    const served = [...(await scrape()).matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name);
    const own = served.filter((name) => !/^(process|nodejs)_/.test(name));
    expect(named.toSorted()).toEqual([...new Set(own)].toSorted());
  });

  it('is the text format of Prometheus, with the process, the pool, the queues and the dependencies', async () => {
    const { headers, text } = await service.visitor().call('/metrics', { token });
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const line of text.split('\n').filter((each) => each !== ''))
      expect(line).toMatch(
        /^(# (HELP|TYPE) [a-z_0-9]+ .*|[a-z_0-9]+(\{[^{}]*\})? -?[\d.e+-]+|[a-z_0-9]+(\{[^{}]*\})? Nan)$/,
      );
    expect(valueOf(text, 'process_cpu_seconds_total')).toBeGreaterThan(0);
    for (const series of [
      'database_pool_connections{state="idle"}',
      'job_queue_depth{queue="generations_queued"}',
      'security_events_waiting',
      'dependency_up{dependency="database"}',
    ])
      expect([series, typeof valueOf(text, series)]).toEqual([series, 'number']);
  });

  /** The names of the contract with those who monitor the service. */
  const exactNames = [
    'failed_auth_attempts',
    'rate_limit_violations',
    'security_header_violations',
    'malicious_input_detections',
    'suspicious_ip_blocks',
    'ai_calls_blocked_per_psid',
    'ai_calls_blocked_global',
    'ai_errors',
    'webhook_signature_failures',
    'http_server_requests_count',
    'process_cpu_seconds_total',
    'nodejs_eventloop_lag_seconds',
    'database_statements_count{statement="select"}',
    'database_slow_statements',
    'budget_limit_usd{budget="ai_daily"}',
    'health_ping_last_success',
    'audit_entries',
  ];

  it.each([
    ['text/plain', 'text/plain; version=0.0.4; charset=utf-8'],
    [
      'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2',
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    ],
  ])('for %j has the exact names', async (accept, contentType) => {
    const { headers, text } = await service.visitor().call('/metrics', { token, headers: { accept } });
    expect(headers['content-type']).toBe(contentType);
    const lines = text.split('\n');
    const isThere = (name: string): boolean =>
      lines.some((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    expect(exactNames.filter((name) => !isThere(name))).toEqual([]);
  });

  it('has the trace of a request at the bucket of its duration, in OpenMetrics', async () => {
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
    await service.visitor().call('/api/v1/models/none', { headers: { traceparent } });
    const { text } = await service
      .visitor()
      .call('/metrics', { token, headers: { accept: 'application/openmetrics-text' } });
    const exemplars = text.split('\n').filter((line) => line.includes(' # {'));
    expect(exemplars.filter((line) => !line.startsWith('http_server_requests_bucket{'))).toEqual([]);
    expect(exemplars.filter((line) => line.includes(`# {trace_id="${trace}"} `))).toEqual([
      expect.stringContaining('route="/api/v1/models/:id"'),
    ]);
  });

  it('has no label whose values are not of a closed list', async () => {
    const bounded: Readonly<Record<string, RegExp>> = {
      // Names of ours.
      kind: /^[a-z_]+$/,
      rule: /^[a-z_]+$/,
      code: /^[a-z_]+$/,
      attack: /^[a-z_]+$/,
      queue: /^[a-z_]+$/,
      budget: /^(ai|generations)_(daily|monthly)$/,
      level: /^(LOW|MEDIUM|HIGH|CRITICAL)$/,
      state: /^[a-z]+$/,
      work: /^(submitting|following)$/,
      dependency: /^(database|revocations|counters|storage)$/,
      statement: /^(select|insert|update|delete|with|other)$/,
      provider: /^(gemini|openai|local)$/,
      peer: /^(database|redis|supabase)$/,
      // The template, never the path.
      route: /^(none|[a-z/:_.*-]+\d?[a-z/:_.*-]*)$/i,
      method: /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|OTHER)$/,
      status: /^[1-5]xx$|^(completed|failed|cancelled)$/,
      // Of the library, and of Prometheus itself.
      version: /^v\d+\.\d+\.\d+$/,
      major: /^\d+$/,
      minor: /^\d+$/,
      patch: /^\d+$/,
      type: /^[A-Za-z]+$/,
      space: /^[a-z_]+$/,
      quantile: /^0?\.\d+$/,
      le: /^([\d.e-]+|\+Inf)$/,
    };
    const found = [...(await scrape()).matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label, value]) => [
      label,
      value,
    ]);
    expect(found.length).toBeGreaterThan(100);
    expect(found.filter(([label = '', value = '']) => bounded[label]?.test(value) !== true)).toEqual([]);
  });

  it.each([
    ['nothing', {}, 401],
    ['a wrong token', { authorization: 'Bearer wrong' }, 401],
    ['the token as a password', { authorization: basic('operator', token) }, 401],
    ['the token of the operator', { authorization: `Bearer ${token}` }, 200],
  ] as const)('by %s: %p', async (_title, headers, status) => {
    expect((await service.visitor().call('/metrics', { headers })).status).toBe(status);
  });

  it('is read by Basic auth too, and the token is accepted on no other route', async () => {
    expect((await service.visitor().call('/metrics', { headers: operatorOf(service) })).status).toBe(200);
    expect((await service.visitor().call('/ops/telemetry', { token })).status).toBe(401);
  });

  it('counts the security events', async () => {
    const before = await scrape();
    const visitor = service.visitor();
    for (let round = 0; round < 4; round++)
      await visitor.call('/api/v1/auth/login', { body: { email: 'nobody@example.com', password } });
    await service.visitor().call('/api/v1/auth/me', { token: 'invalid-token' });
    await service.visitor().call(`/api/v1/auth/me?note=${encodeURIComponent("' or 1=1--")}`);
    expect((await violation()).status).toBe(204);
    const after = await scrape();
    const rise = (name: string): number => (valueOf(after, name) ?? NaN) - (valueOf(before, name) ?? NaN);
    expect({
      failed: rise('failed_auth_attempts'),
      limits: rise('rate_limit_violations'),
      headers: rise('security_header_violations'),
      malicious: rise('malicious_input_detections'),
    }).toEqual({ failed: 4, limits: 1, headers: 1, malicious: 1 });
  });

  it('counts failures by kind, violations by rule and route, and errors by code, for any input', async () => {
    const before = await scrape();
    const visitor = service.visitor();
    for (let round = 0; round < 4; round++)
      await visitor.call('/api/v1/auth/login', { body: { email: 'somebody@example.com', password } });
    for (const forged of ['invalid-token', 'another'])
      await service.visitor().call(`/api/v1/projects/${forged}`, { token: forged });
    await service.visitor().call('/nowhere-swordfish');
    const after = await scrape();
    const rise = (name: string): number => (valueOf(after, name) ?? 0) - (valueOf(before, name) ?? 0);
    expect({
      logins: rise('auth_failures_by_kind{kind="login_failed"}'),
      tokens: rise('auth_failures_by_kind{kind="token_malformed"}'),
      limits: rise('rate_limit_violations_by_rule{rule="auth_login",route="/api/v1/auth/login"}'),
      refused: rise('errors_by_code{code="credentials_invalid"}'),
      limited: rise('errors_by_code{code="rate_limit_exceeded"}'),
      unknown: rise('errors_by_code{code="route_not_found"}'),
    }).toEqual({ logins: 3, tokens: 2, limits: 1, refused: 3, limited: 1, unknown: 1 });
    expect(after).not.toMatch(/swordfish|invalid-token|somebody/);
  });

  it('counts the levels that rose, by level and attack', async () => {
    const visitor = service.visitor();
    const of = async (level: string): Promise<number> =>
      valueOf(await scrape(), `adaptive_limit_changes{level="${level}",attack="reconnaissance"}`) ?? 0;
    const before = [await of('MEDIUM'), await of('HIGH')];
    for (const path of ['/.env', '/wp-login.php', '/xmlrpc.php']) await visitor.call(path);
    expect([await of('MEDIUM'), await of('HIGH')]).toEqual(before.map((count) => count + 1));
  });

  it('counts the active blocks', async () => {
    await ask(
      service.home,
      "insert into velro.blocks (id, address, attack, expires_at) values (gen_random_uuid(), '127.1.2.3', 'reconnaissance', now() + interval '1 hour')",
    );
    await until(async () => valueOf(await scrape(), 'suspicious_ip_blocks') === 1, 'the block');
  });

  it('measures requests by route, never by path, for any number of paths', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    await service.visitor().call(`/api/v1/generations/${id}`);
    for (let round = 0; round < 30; round++) await service.visitor().call(`/secret-${round}`);
    await service.visitor().call('/health', { method: 'PROPFIND' });
    const text = await scrape();
    const of = (method: string, route: string, status: string) =>
      valueOf(text, `http_server_requests_count{method="${method}",route="${route}",status="${status}"}`);
    expect(of('GET', '/api/v1/generations/:id', '4xx')).toBe(1);
    expect(of('GET', 'none', '4xx')).toBeGreaterThanOrEqual(30);
    expect(of('OTHER', 'none', '4xx')).toBe(1);
    expect(text).not.toContain(id);
    expect(text).not.toContain('secret-');
  });

  describe('a report of the content security policy', () => {
    const kept = async (requestId: unknown) =>
      (await service.linesOf(requestId)).filter(({ event }) => event === 'malicious_csp_violation');

    it.each([
      ['application/csp-report', { 'csp-report': { 'violated-directive': "img-src 'self'" } }, ['img-src']],
      ['application/csp-report', { 'csp-report': { 'effective-directive': 'x\nSECURITY-EVENT' } }, ['other']],
      [
        'application/reports+json',
        [
          { type: 'csp-violation', body: { effectiveDirective: 'style-src-attr' } },
          { type: 'csp-violation', body: { effectiveDirective: 'style-src-attr' } },
          { type: 'deprecation', body: { effectiveDirective: 'font-src' } },
        ],
        ['style-src-attr'],
      ],
      ['application/json', { 'csp-report': { 'effective-directive': 'FRAME-SRC' } }, ['frame-src']],
      ['application/json', { hello: 'world' }, []],
      ['application/json', ['csp-report'], []],
      ['application/json', 'null', []],
    ])('as %s %j is one event per directive: %j', async (type, body, directives) => {
      const { status, headers } = await service.visitor().call('/api/v1/csp-report', {
        raw: JSON.stringify(body),
        headers: { 'content-type': type },
      });
      expect(status).toBe(204);
      const lines = directives.length === 0 ? [] : await kept(headers['x-request-id']);
      expect(lines.map(({ directive, threat_level: level }) => [directive, level])).toEqual(
        directives.map((directive) => [directive, 'LOW']),
      );
      expect(JSON.stringify(lines)).not.toContain('SECURITY-EVENT"');
    });

    it('is refused when it is no JSON, too large, or of another type', async () => {
      const send = async (raw: string, type: string): Promise<number> =>
        (await service.visitor().call('/api/v1/csp-report', { raw, headers: { 'content-type': type } }))
          .status;
      expect(await send('{', 'application/csp-report')).toBe(400);
      expect(await send(`"${'x'.repeat(70_000)}"`, 'application/csp-report')).toBe(413);
      expect(await send('{}', 'text/plain')).toBe(415);
    });

    it('is accepted on its own path only', async () => {
      for (const type of ['application/csp-report', 'application/reports+json'])
        for (const path of ['/api/v1/auth/login', '/api/v1/csp-reports']) {
          const raw = JSON.stringify({ email: 'a@example.com', password });
          const answer = await service.visitor().call(path, { raw, headers: { 'content-type': type } });
          expect([path, answer.status]).toEqual([path, 415]);
        }
    });

    it('is limited by address', async () => {
      const visitor = service.visitor();
      const codes = new Set<number>();
      for (let round = 0; round < 101; round++)
        codes.add((await visitor.call('/api/v1/csp-report', { body: {} })).status);
      expect([...codes]).toEqual([204, 429]);
    });

    it('is requested by every answer', async () => {
      const { headers } = await service.visitor().call('/none');
      expect(headers['content-security-policy']).toMatch(
        /; report-uri \/api\/v1\/csp-report; report-to csp$/,
      );
      expect(headers['reporting-endpoints']).toBe('csp="/api/v1/csp-report"');
    });
  });

  describe('the alert rules for Prometheus', () => {
    const rules = alertRules();

    it('each have a name of their own, a severity and a sentence', () => {
      expect(rules.length).toBeGreaterThan(6);
      expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
      for (const rule of rules)
        expect(rule).toMatchObject({
          alert: expect.stringMatching(/^Velro[A-Za-z]+$/),
          labels: { severity: expect.stringMatching(/^(warning|critical)$/) },
          annotations: { summary: expect.stringMatching(/\.$/) },
        });
    });

    it('name only metrics that exist, and all that the contract requires', async () => {
      const text = await scrape();
      const known = metricsOf(text);
      const named = rules.flatMap(({ expr }) => metricsIn(expr));
      for (const name of named) expect([name, known.has(name)]).toEqual([name, true]);
      for (const wanted of [
        'ai_errors',
        'webhook_signature_failures',
        'http_server_requests_count',
        'dependency_up',
      ])
        expect(named).toContain(wanted);
    });
  });
});

describe('health', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ METRICS_ENABLED: 'false', METRICS_TOKEN: token });
  });
  afterAll(async () => {
    await service.discard();
  });

  it('reports each dependency, to HEAD as well, and queries the database once a second at most', async () => {
    const visitor = service.visitor();
    const { status, json } = await visitor.call('/health/ready');
    expect([status, json]).toEqual([
      200,
      {
        status: 'ready',
        database: 'up',
        writes: 'up',
        revocations: 'up',
        counters: 'up',
        storage: 'up',
        restore: 'none',
      },
    ]);
    expect((await visitor.call('/health/ready', { method: 'HEAD' })).status).toBe(200);
    expect(Object.keys((await visitor.call('/health')).json)).toEqual(['status', 'uptime_s', 'ai_status']);
    const asked = async (): Promise<number> => {
      const [row] = await ask<{ n: number }>(
        service.home,
        "select xact_commit::int as n from pg_stat_database where datname = 'velro'",
      );
      return row?.n ?? 0;
    };
    const [before, start] = [await asked(), performance.now()];
    for (let round = 0; round < 300; round++) await visitor.call('/health');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const took = performance.now() - start;
    const after = await asked();
    // What the service does by itself in the same time.
    await new Promise((resolve) => setTimeout(resolve, took));
    const idle = (await asked()) - after;
    expect(after - before - idle).toBeLessThan(150);
  });

  it('has no /metrics where METRICS_ENABLED is false', async () => {
    const { status, json } = await service.visitor().call('/metrics', { token });
    expect([status, json.code]).toEqual([404, 'route_not_found']);
    expect((await service.visitor().call('/ops/telemetry', { headers: operatorOf(service) })).status).toBe(
      200,
    );
  });
});
