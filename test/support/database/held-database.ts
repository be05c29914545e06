import type { KyselyPlugin, PluginTransformResultArgs, QueryResult, UnknownRow } from 'kysely';
import { Database, type Executor, type Transaction } from '../../../src/database/database.js';
import { Notifications } from '../../../src/ports/notifications.js';
import { until } from '../process/wait-until.js';

/** The answers of single statements have come from the database, and wait until they are let go. */
export class HeldDatabase extends Database {
  readonly query: Executor;
  private readonly held: (() => void)[] = [];
  private isOpen = false;

  constructor(private readonly real: Database) {
    super();
    const holding: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> => {
        if (!this.isOpen) await new Promise<void>((resolve) => this.held.push(resolve));
        return result;
      },
    };
    this.query = real.query.withPlugin(holding);
  }

  /** Answers that have come so far, those that were let go included. */
  get count(): number {
    return this.held.length;
  }

  async untilHeld(count: number): Promise<void> {
    await until(() => this.held.length >= count, `${count} answers that are held`);
  }

  /** Nothing waits from now on. */
  letGo(): void {
    this.isOpen = true;
    for (const resolve of this.held) resolve();
  }

  /** The answer that came at this place; whoever asked has read it when this resolves. */
  async release(at: number): Promise<void> {
    this.held[at]?.();
    await new Promise((resolve) => setImmediate(resolve));
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.real.transaction(work);
  }

  reserved<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.real.reserved(work);
  }

  connections(): { busy: number; idle: number; waiting: number } {
    return this.real.connections();
  }

  isWritable(): Promise<boolean> {
    return this.real.isWritable();
  }

  ping(): Promise<void> {
    return this.real.ping();
  }
}

/** Counts the statements that are not part of a transaction. */
export class CountedDatabase extends Database {
  readonly query: Executor;
  looks = 0;

  constructor(private readonly real: Database) {
    super();
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: ({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> => {
        this.looks++;
        return Promise.resolve(result);
      },
    };
    this.query = real.query.withPlugin(counting);
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.real.transaction(work);
  }

  reserved<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.real.reserved(work);
  }

  connections(): { busy: number; idle: number; waiting: number } {
    return this.real.connections();
  }

  isWritable(): Promise<boolean> {
    return this.real.isWritable();
  }

  ping(): Promise<void> {
    return this.real.ping();
  }
}

/** Announcements and a connection that are made by hand; it always seems alive. */
export class HandFeed extends Notifications {
  private onConnect: () => void = () => undefined;
  private onMessage: (payload: string) => void = () => undefined;

  subscribe(_channel: string, onMessage: (payload: string) => void, onConnect?: () => void): () => void {
    this.onMessage = onMessage;
    this.onConnect = onConnect ?? this.onConnect;
    return () => undefined;
  }

  connect(): void {
    this.onConnect();
  }

  announce(payload = ''): void {
    this.onMessage(payload);
  }

  lastHeartbeat(): number {
    return performance.now();
  }
}

/** A connection whose latest heartbeat, and whether this process stood still, are set by hand. */
export class SilentFeed extends HandFeed {
  beatAt = Infinity;
  pause: Promise<void> | null = null;

  override lastHeartbeat(): number {
    return this.beatAt;
  }

  override afterPause(): Promise<void> | null {
    return this.pause;
  }
}
