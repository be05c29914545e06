import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { orphanedObjectsPolicy } from '../../config/policy/generations/storage.js';
import { OrphanedObjects } from '../../src/features/storage/removal/orphaned-objects.js';
import { RemovableFilesRepository } from '../../src/features/storage/removal/removable-files.repository.js';
import { SystemClock } from '../../src/adapters/system/system.js';
import { ObjectStorage, type ObjectEntry } from '../../src/ports/object-storage.js';
import { log, SweepStage } from '../support/generations/sweep-stage.js';

const forever = new AbortController().signal;

describe('the sweeps of the storage', () => {
  let stage: SweepStage;
  beforeAll(async () => {
    stage = await SweepStage.open();
  });
  afterAll(async () => {
    await stage.close();
  });
  afterEach(async () => {
    await stage.clear();
  });

  describe('for expired files', () => {
    it('remove rows, objects and usage, in more batches than one, and nothing else', async () => {
      const people = [await stage.person(), await stage.person(), await stage.person()];
      const kept: string[] = [];
      for (const person of people) {
        for (let count = 0; count < 75; count++) await stage.reference(person, -1);
        kept.push((await stage.reference(person, 3600)).key, (await stage.reference(person, null)).key);
      }
      await stage.instance().expired.run(forever);
      expect(await stage.keys()).toEqual(kept.sort());
      expect(await stage.noted()).toEqual([]);
      for (const person of people) expect(await stage.weight(person)).toBe(14);
    });

    it.each(['queued', 'submitting', 'processing'] as const)(
      'spare what a %s generation was started from until its end',
      async (status) => {
        const person = await stage.person();
        const [used, unused] = [await stage.reference(person, -1), await stage.reference(person, -1)];
        const generation = await stage.generation(person, status, used.id);
        const { expired } = stage.instance();
        await expired.run(forever);
        expect([await stage.keys(), unused.key]).toEqual([[used.key], expect.any(String)]);
        await stage.database.query
          .updateTable('generations')
          .set({ status: 'failed' })
          .where('id', '=', generation)
          .execute();
        await expired.run(forever);
        expect(await stage.keys()).toEqual([]);
      },
    );

    it('of four concurrent instances remove each file once', async () => {
      const people = [await stage.person(), await stage.person()];
      for (let count = 0; count < 60; count++) for (const person of people) await stage.reference(person, -1);
      await Promise.all(Array.from({ length: 4 }, () => stage.instance().expired.run(forever)));
      expect(await stage.keys()).toEqual([]);
      for (const person of people) expect(await stage.weight(person)).toBe(0);
    });

    it('end with their signal', async () => {
      await stage.reference(await stage.person(), -1);
      const reason = new Error('stop');
      await expect(stage.instance().expired.run(AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await stage.keys()).toHaveLength(1);
    });
  });

  describe('for pending removals', () => {
    const expire = async (count: number): Promise<string[]> => {
      const person = await stage.person();
      const keys: string[] = [];
      for (let at = 0; at < count; at++) keys.push((await stage.reference(person, -1)).key);
      return keys.sort();
    };

    it('lose no key when killed before an object is removed', async () => {
      const keys = await expire(3);
      stage.storage.beforeRemoval = () => {
        throw new Error('killed');
      };
      await expect(stage.instance().expired.run(forever)).rejects.toThrow('killed');
      expect([await stage.keys(), await stage.noted()]).toEqual([keys, keys]);
      stage.storage.beforeRemoval = () => undefined;
      await stage.instance().removals.sweep(forever);
      expect([await stage.keys(), await stage.noted()]).toEqual([[], []]);
    });

    it('lose no key when killed after an object is removed', async () => {
      const keys = await expire(3);
      stage.storage.afterRemoval = () => {
        throw new Error('killed');
      };
      await expect(stage.instance().expired.run(forever)).rejects.toThrow('killed');
      expect([await stage.keys(), await stage.noted()]).toEqual([[], keys]);
      stage.storage.afterRemoval = () => undefined;
      await stage.instance().removals.sweep(forever);
      expect(await stage.noted()).toEqual([]);
    });

    it('remove the others when the storage refuses a batch, and report that', async () => {
      const keys = await expire(150);
      stage.storage.beforeRemoval = (batch) => {
        if (batch.includes(keys[0] ?? '')) throw new Error('refused');
      };
      await expect(stage.instance().expired.run(forever)).rejects.toThrow('refused');
      expect([await stage.keys(), await stage.noted()]).toEqual([keys.slice(0, 100), keys.slice(0, 100)]);
    });

    it('keep a key that is added while they run', async () => {
      const [first] = await expire(1);
      const late = await stage.object(`references/0-${randomUUID()}.png`, 0);
      stage.storage.afterRemoval = async () => {
        stage.storage.afterRemoval = () => undefined;
        await stage.database.query.insertInto('storage_removals').values({ object_key: late }).execute();
      };
      await stage.instance().expired.run(forever);
      expect(await stage.keys()).not.toContain(first);
      await stage.instance().removals.sweep(forever);
      expect([await stage.keys(), await stage.noted()]).toEqual([[], []]);
    });
  });

  describe('for orphaned objects', () => {
    const id = (): string => randomUUID();

    it('remove old objects without a row, and no other', async () => {
      const person = await stage.person();
      const gone: string[] = [];
      const kept: string[] = [];
      gone.push(await stage.object(`generations/${id()}/0.png`, 25));
      gone.push(await stage.object(`references/${id()}.webp`, 1000));
      gone.push(await stage.object('generations/not-an-id/0.png', 25));
      gone.push(await stage.object('generations/------------------------------------/0.png', 25));
      for (const status of ['completed', 'failed', 'cancelled'] as const)
        gone.push(await stage.object(`generations/${await stage.generation(person, status)}/15.mp4`, 25));

      kept.push(await stage.object(`generations/${id()}/0.png`, 23));
      kept.push(await stage.object(`references/${id()}.png`, 0));
      kept.push(await stage.object(`references/${id()}.png`, -48));
      gone.push(await stage.object(`uploads/${id()}.pdf`, 25));
      gone.push(await stage.object(`uploads/${id()}/${id()}.part`, 25));
      kept.push(await stage.object(`uploads/${id()}.pdf`, 23));
      kept.push(await stage.part(person, 1000));
      for (const status of ['queued', 'submitting', 'processing'] as const)
        kept.push(await stage.object(`generations/${await stage.generation(person, status)}/0.png`, 25));
      for (const key of [`generations/${id()}/0.png`, `references/${id()}.png`]) {
        kept.push(await stage.object(key, 1000));
        await stage.row(person, key);
      }
      const expired = await stage.object(`references/${id()}.png`, 1000);
      kept.push(expired);
      await stage.row(person, expired, -1);

      await stage.instance().orphaned.run(forever);
      expect(await stage.keys()).toEqual(kept.sort());
      expect(gone).toHaveLength(9);
    });

    it('remove no object whose row was added after the listing had begun', async () => {
      const person = await stage.person();
      const key = await stage.object(`references/${id()}.png`, 25);
      stage.storage.onEntry = async (entry) => {
        if (entry.key === key) await stage.row(person, key);
      };
      await stage.instance().orphaned.run(forever);
      stage.storage.onEntry = () => undefined;
      expect(await stage.keys()).toEqual([key]);
    });

    it('remove what a kill has left', async () => {
      for (let count = 0; count < 3; count++) await stage.object(`references/${id()}.png`, 25);
      stage.storage.beforeRemoval = () => {
        throw new Error('killed');
      };
      await expect(stage.instance().orphaned.run(forever)).rejects.toThrow('killed');
      stage.storage.beforeRemoval = () => undefined;
      expect(await stage.keys()).toHaveLength(3);
      await stage.instance().orphaned.run(forever);
      expect(await stage.keys()).toEqual([]);
    });

    it('hold a batch at a time, of however many objects', async () => {
      for (let count = 0; count < 1203; count++) await stage.object(`references/${id()}.png`, 25);
      await stage.instance().orphaned.run(forever);
      expect(stage.storage.removed).toEqual([500, 500, 203]);
      expect(await stage.keys()).toEqual([]);
    });
  });

  describe('of an endless storage', () => {
    /** As many objects as anybody asks for; none of them has a row. */
    class EndlessStorage extends ObjectStorage {
      listed = 0;
      removed = 0;

      constructor(
        private readonly storedAt: Date,
        private readonly onListed: (count: number) => void = () => undefined,
      ) {
        super();
      }

      put(): Promise<void> {
        return Promise.resolve();
      }
      signedUrls(): Promise<[]> {
        return Promise.resolve([]);
      }
      removeDrafts(): Promise<number> {
        return Promise.resolve(0);
      }
      read(): Promise<null> {
        return Promise.resolve(null);
      }
      remove(keys: readonly string[]): Promise<void> {
        this.removed += keys.length;
        return Promise.resolve();
      }
      async *objects(folder: string): AsyncGenerator<ObjectEntry> {
        for (;;) {
          await Promise.resolve();
          this.onListed(++this.listed);
          yield { key: `${folder}/${String(this.listed)}.png`, storedAt: this.storedAt };
        }
      }
    }
    const sweepOf = (storage: ObjectStorage) =>
      new OrphanedObjects(new RemovableFilesRepository(stage.database), storage, new SystemClock(), log);

    it('stop at the limit of removals', async () => {
      const storage = new EndlessStorage(new Date(0));
      await sweepOf(storage).run(forever);
      expect(storage.removed).toBe(orphanedObjectsPolicy.removedAtMost);
    });

    it.each([
      ['old', new Date(0)],
      ['young', new Date()],
      ['of an unreadable age', new Date(NaN)],
    ])('end with their signal when all is %s', async (_age, storedAt) => {
      const stopping = new AbortController();
      const storage = new EndlessStorage(storedAt, (count) => {
        if (count === 700) stopping.abort(new Error('the instance is stopping'));
      });
      await expect(sweepOf(storage).run(stopping.signal)).rejects.toThrow('the instance is stopping');
      expect(storage.listed).toBe(700);
      expect(storage.removed).toBe(storedAt.getTime() === 0 ? 500 : 0);
    });
  });
});
