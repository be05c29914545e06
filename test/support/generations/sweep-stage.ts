import { auditLogOf } from '../database/audit-log.js';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import { Secret } from '../../../config/values/secret.js';
import { DiskStorage } from '../../../src/adapters/disk/disk-storage.js';
import type { PostgresDatabase } from '../../../src/adapters/postgres/postgres-database.js';
import { SystemClock, SystemRandom } from '../../../src/adapters/system/system.js';
import { CreditsRepository } from '../../../src/features/credits/credits.repository.js';
import { FirstCreditsRepository } from '../../../src/features/credits/first-credits.repository.js';
import { LedgerRepository } from '../../../src/features/credits/ledger.repository.js';
import { CreditsService } from '../../../src/features/credits/credits.service.js';
import { ExpiredFiles } from '../../../src/features/storage/removal/expired-files.js';
import { FileRemoval } from '../../../src/features/storage/removal/file-removal.js';
import { OrphanedObjects } from '../../../src/features/storage/removal/orphaned-objects.js';
import { RemovableFilesRepository } from '../../../src/features/storage/removal/removable-files.repository.js';
import { StorageRemovals } from '../../../src/features/storage/removal/storage-removals.js';
import { AccountsRepository } from '../../../src/features/users/accounts.repository.js';
import { IdentityRecordRepository } from '../../../src/features/users/identity-record.repository.js';
import { UsersRepository } from '../../../src/features/users/users.repository.js';
import { UsersService } from '../../../src/features/users/users.service.js';
import { WebhookEvents } from '../../../src/features/webhooks/events/webhook-events.service.js';
import { Log } from '../../../src/observability/log.js';
import { SecurityEvents } from '../../../src/observability/security-events.js';
import { JobQueue } from '../../../src/ports/job-queue.js';
import { PublicUrl } from '../../../src/ports/public-url.js';
import {
  ObjectStorage,
  type Linkable,
  type ObjectEntry,
  type SignedUrl,
} from '../../../src/ports/object-storage.js';
import { MigratedDatabase } from '../database/migrated-database.js';
import type { GenerationStatus } from '../../../src/features/generations/generation.js';

const random = new SystemRandom();
export const log = Log.silent();

/** Forgets every job: what the queue would do is left to the sweep. */
class DeafQueue extends JobQueue {
  enqueue(): Promise<void> {
    return Promise.resolve();
  }
  depths(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
  }
  work(): Promise<void> {
    return Promise.resolve();
  }
}

/** The disk, with something done before each call. */
export class WatchedStorage extends ObjectStorage {
  /** Sizes of what was removed at a time. */
  readonly removed: number[] = [];
  beforeRemoval: (keys: readonly string[]) => void = () => undefined;
  afterRemoval: () => Promise<void> | void = () => undefined;
  onEntry: (entry: ObjectEntry) => Promise<void> | void = () => undefined;

  constructor(private readonly disk: DiskStorage) {
    super();
  }

  put(key: string, body: Uint8Array): Promise<void> {
    return this.disk.put(key, body);
  }

  signedUrls(objects: readonly Linkable[], seconds: number): Promise<SignedUrl[]> {
    return this.disk.signedUrls(objects, seconds);
  }

  read(key: string): Promise<Readable | null> {
    return this.disk.read(key);
  }

  async remove(keys: readonly string[]): Promise<void> {
    this.beforeRemoval(keys);
    await this.disk.remove(keys);
    this.removed.push(keys.length);
    await this.afterRemoval();
  }

  removeDrafts(before: Date, signal: AbortSignal): Promise<number> {
    return this.disk.removeDrafts(before, signal);
  }

  async *objects(folder: string): AsyncGenerator<ObjectEntry> {
    for await (const entry of this.disk.objects(folder)) {
      await this.onEntry(entry);
      yield entry;
    }
  }
}

/** One instance's sweeps. */
export class Instance {
  readonly files: RemovableFilesRepository;
  readonly removals: StorageRemovals;
  readonly removal: FileRemoval;
  readonly expired: ExpiredFiles;
  readonly orphaned: OrphanedObjects;

  constructor(
    readonly database: PostgresDatabase,
    readonly storage: ObjectStorage,
  ) {
    this.files = new RemovableFilesRepository(database);
    this.removals = new StorageRemovals(database, storage, new DeafQueue());
    const credits = new CreditsService(
      { startingCredits: 0 },
      database,
      new CreditsRepository(
        database,
        new WebhookEvents(new PublicUrl('http://127.0.0.1:1')),
        auditLogOf(database).trail,
      ),
      new LedgerRepository(database),
      new FirstCreditsRepository(
        { pseudonymKey: { current: new Secret('0'.repeat(44)), previous: null } },
        database,
      ),
      new SecurityEvents(log),
    );
    const users = new UsersService(
      database,
      new UsersRepository(database),
      new IdentityRecordRepository(),
      new AccountsRepository(database),
      credits,
      auditLogOf(database).trail,
      new SystemClock(),
    );
    this.removal = new FileRemoval(database, this.files, users, this.removals);
    this.expired = new ExpiredFiles(this.files, this.removal, this.removals);
    this.orphaned = new OrphanedObjects(this.files, storage, new SystemClock(), log);
  }
}

/** A real database, objects on a real disk, and as many instances as are asked for. */
export class SweepStage {
  readonly storage: WatchedStorage;

  private constructor(
    private readonly migrated: MigratedDatabase,
    private readonly folder: string,
    readonly database: PostgresDatabase,
  ) {
    const secret = new Secret(randomBytes(48).toString('hex'));
    this.storage = new WatchedStorage(
      new DiskStorage(folder, secret, new SystemClock(), () => 'http://127.0.0.1:1'),
    );
  }

  static async open(): Promise<SweepStage> {
    const migrated = await MigratedDatabase.start();
    return new SweepStage(migrated, mkdtempSync(join(tmpdir(), 'velro-sweeps-')), migrated.connect());
  }

  instance(): Instance {
    return new Instance(this.migrated.connect(), this.storage);
  }

  connect(): PostgresDatabase {
    return this.migrated.connect();
  }

  async close(): Promise<void> {
    await this.migrated.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async person(): Promise<string> {
    const id = randomUUID();
    await this.database.query
      .insertInto('users')
      .values({ id, email: `${id}@example.com` })
      .execute();
    return id;
  }

  async generation(
    userId: string,
    status: GenerationStatus,
    referenceId: string | null = null,
  ): Promise<string> {
    const id = random.timeOrderedUuid();
    await this.database.query
      .insertInto('generations')
      .values({
        id,
        user_id: userId,
        status,
        model_id: 'velro/canvas',
        prompt: 'fog',
        credits_cost: 0,
        reference_file_id: referenceId,
      })
      .execute();
    return id;
  }

  /** An object that was stored so many hours ago. */
  async object(key: string, hoursAgo: number): Promise<string> {
    await this.storage.put(key, Buffer.from('picture'));
    const at = Date.now() / 1000 - hoursAgo * 3600;
    utimesSync(join(this.folder, ...key.split('/')), at, at);
    return key;
  }

  /** A row that speaks of a key; it expires so many seconds from now, or never. */
  async row(userId: string, key: string, expiresIn: number | null = null): Promise<string> {
    const id = random.timeOrderedUuid();
    await this.database.query
      .insertInto('files')
      .values({
        id,
        user_id: userId,
        kind: 'reference',
        object_key: key,
        content_type: 'image/png',
        bytes: 7,
        sha256: Buffer.alloc(32),
        expires_at: expiresIn === null ? null : new Date(Date.now() + expiresIn * 1000),
      })
      .execute();
    return id;
  }

  /** A reference image with its object. */
  async reference(userId: string, expiresIn: number | null): Promise<{ id: string; key: string }> {
    const key = await this.object(`references/${randomUUID()}.png`, 0);
    return { id: await this.row(userId, key, expiresIn), key };
  }

  /** A part of an unfinished upload, `hours` old; returns its key. */
  async part(userId: string, hours: number): Promise<string> {
    const id = randomUUID();
    const key = await this.object(`uploads/${id}/${randomUUID()}.part`, hours);
    await sql`insert into velro.uploads (id, user_id, file_name, content_type, bytes, held, expires_at)
      values (${id}::uuid, ${userId}::uuid, 'a.txt', 'text/plain', 10, 10, now() + interval '1 day')`.execute(
      this.database.query,
    );
    await sql`insert into velro.upload_parts (upload_id, position, bytes, object_key)
      values (${id}::uuid, 0, 5, ${key})`.execute(this.database.query);
    return key;
  }

  /** Every key that lies in the storage. */
  async keys(): Promise<string[]> {
    const found: string[] = [];
    for (const folder of ['generations', 'references', 'uploads'])
      for await (const { key } of this.storage.objects(folder)) found.push(key);
    return found.sort();
  }

  async noted(): Promise<string[]> {
    const rows = await this.database.query.selectFrom('storage_removals').select('object_key').execute();
    return rows.map((row) => row.object_key).sort();
  }

  async weight(userId: string): Promise<number> {
    const row = await this.database.query
      .selectFrom('users')
      .select('storage_bytes')
      .where('id', '=', userId)
      .executeTakeFirstOrThrow();
    return Number(row.storage_bytes);
  }

  async clear(): Promise<void> {
    await this.database.query.deleteFrom('generations').execute();
    await this.database.query.deleteFrom('files').execute();
    await this.database.query.deleteFrom('storage_removals').execute();
    const { storage } = this;
    storage.beforeRemoval = storage.afterRemoval = storage.onEntry = () => undefined;
    await storage.remove(await this.keys());
    storage.removed.length = 0;
  }
}
