// Simulated instances in a few processes.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Order, Report } from './messages.ts';

type Kind = Report['kind'];
const processes = 4;

/** So many instances on one database; each answers for itself. */
export class Fleet {
  private readonly children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.children = children;
  }

  static async start(count: number, url: string, secret: string): Promise<Fleet> {
    const shares = Array.from({ length: processes }, (_, at) => Math.floor((count + at) / processes)).filter(
      (share) => share > 0,
    );
    const children = shares.map(() => fork(join(import.meta.dirname, 'instances.ts'), { stdio: 'inherit' }));
    const fleet = new Fleet(children);
    await Promise.all(
      children.map((child, at) =>
        fleet.ask(child, { kind: 'start', count: shares[at] ?? 0, url, secret }, 'started'),
      ),
    );
    return fleet;
  }

  /** Revokes by `commit`, and says after how many milliseconds each instance accepted the token no more. */
  async revoked(
    jti: string,
    commit: () => Promise<unknown>,
  ): Promise<{ readonly ms: number[]; readonly missed: number }> {
    const seen = this.children.map((child) => next(child, 'seen'));
    await Promise.all(this.children.map((child) => this.ask(child, { kind: 'watch', jti }, 'watching')));
    await commit();
    const committedAt = performance.timeOrigin + performance.now();
    const reports = await Promise.all(seen);
    return {
      ms: reports.flatMap(({ at }) => at.map((moment) => Math.max(0, moment - committedAt))),
      missed: reports.reduce((sum, { missed }) => sum + missed, 0),
    };
  }

  /** One instance of each process announces its share; the milliseconds until each instance has heard each of them. */
  async progress(perSecond: number, seconds: number): Promise<number[]> {
    const share = perSecond / this.children.length;
    await Promise.all(
      this.children.map((child) =>
        this.ask(child, { kind: 'announce', perSecond: share, seconds }, 'announced'),
      ),
    );
    const reports = await Promise.all(
      this.children.map((child) => this.ask(child, { kind: 'progress' }, 'progress')),
    );
    return reports.flatMap(({ ms }) => [...ms]);
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.children.map(async (child) => {
        const exited = once(child, 'exit');
        send(child, { kind: 'stop' });
        await exited;
      }),
    );
  }

  private ask<K extends Kind>(
    child: ChildProcess,
    order: Order,
    answer: K,
  ): Promise<Extract<Report, { kind: K }>> {
    const report = next(child, answer);
    send(child, order);
    return report;
  }
}

function send(child: ChildProcess, order: Order): void {
  child.send(order);
}

/** The next report of this kind. */
function next<K extends Kind>(child: ChildProcess, kind: K): Promise<Extract<Report, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => {
      reject(new Error('a process of simulated instances has ended'));
    };
    const listen = (report: Report): void => {
      if (report.kind !== kind) return;
      child.off('message', listen).off('exit', onExit);
      resolve(report as Extract<Report, { kind: K }>);
    };
    child.on('message', listen).on('exit', onExit);
  });
}
