import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portBelowOutgoing } from '../process/free-port.js';
import { until } from '../process/wait-until.js';
import { readYaml, yaml, type RuleFile } from './alert-rules.js';

interface Settings {
  readonly scrape_configs: readonly object[];
}

/** What it scrapes and whom it tells. */
export interface Watched {
  /** host:port of the service, without TLS. */
  readonly target: string;
  readonly token: string;
  /** host:port */
  readonly alertmanager: string;
  readonly rules: RuleFile;
  /** Milliseconds between two scrapes, and between two evaluations. */
  readonly everyMs: number;
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since the epoch, and the value as text. */
  readonly value: readonly [number, string];
}

/** A Prometheus of one's own by the settings of the repository, on a port of its own, that keeps nothing. */
export class PrometheusServer {
  private printed = '';
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start({ target, token, alertmanager, rules, everyMs }: Watched): Promise<PrometheusServer> {
    const folder = mkdtempSync(join(tmpdir(), 'velro-prometheus-'));
    const settings = readYaml('prometheus.yml') as Settings;
    const every = `${everyMs}ms`;
    writeFileSync(join(folder, 'metrics-token'), token);
    writeFileSync(join(folder, 'alerts.yml'), yaml.dump(rules));
    writeFileSync(
      join(folder, 'prometheus.yml'),
      yaml.dump({
        ...settings,
        global: { scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
        alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] },
        scrape_configs: settings.scrape_configs.map((scrape) => ({
          ...scrape,
          scheme: 'http',
          static_configs: [{ targets: [target] }],
        })),
      }),
    );
    const port = await portBelowOutgoing();
    const child = spawn(
      'prometheus',
      [
        '--config.file=prometheus.yml',
        '--storage.tsdb.path=data',
        `--web.listen-address=127.0.0.1:${port}`,
        '--enable-feature=exemplar-storage',
        '--log.level=warn',
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const server = new PrometheusServer(child, folder, `http://127.0.0.1:${port}`);
    child.stderr.setEncoding('utf8').on('data', (part: string) => (server.printed += part));
    await until(() => server.isReady(), 'Prometheus');
    // It finds its targets seconds after its start, and misses them until then.
    await until(async () => (await server.query('up == 1')).length === 1, 'the first scrape');
    return server;
  }

  private async isReady(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error(`prometheus ended:\n${this.printed}`);
    return fetch(`${this.url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** What an expression gives at this moment. @throws Error with what Prometheus says of one that it cannot read */
  async query(expression: string): Promise<readonly Sample[]> {
    const { result } = (await this.get('query', { query: expression })) as { result: Sample[] };
    return result;
  }

  /** The traces at the buckets of a histogram that were scraped so far. */
  async traces(series: string): Promise<string[]> {
    const now = Date.now() / 1000;
    const found = (await this.get('query_exemplars', {
      query: series,
      start: String(now - 600),
      end: String(now + 600),
    })) as readonly { exemplars: readonly { labels: { trace_id?: string } }[] }[];
    return found.flatMap(({ exemplars }) => exemplars.flatMap(({ labels }) => labels.trace_id ?? []));
  }

  private async get(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const answer = await fetch(`${this.url}/api/v1/${path}`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });
    const { status, error, data } = (await answer.json()) as {
      status: string;
      error?: string;
      data: unknown;
    };
    if (status !== 'success') throw new Error(`${parameters['query'] ?? path}: ${error ?? answer.status}`);
    return data;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await exited;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
