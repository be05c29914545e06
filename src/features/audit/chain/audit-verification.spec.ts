import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { NoteSigner } from '../checkpoints/signed-note.js';
import { trimBytes, type SignedTrim } from '../retention/trim.js';
import { emptyHead, macOf, type StoredEntry } from './audit-chain.js';
import { verifyAuditLog } from './audit-verification.js';

const atOnce = 3;
const chainKey: KeyObject = createSecretKey(randomBytes(32));
const signer = new NoteSigner(randomBytes(32));

/** A log whose first stream has entries, and is read by three at a time. */
class ShortBatches {
  stored: readonly StoredEntry[];
  trim: SignedTrim | null = null;
  /** Runs when a batch is asked for. */
  beforeRead: (behind: bigint) => void = () => undefined;
  /** Runs when the summary of what went is asked for. */
  beforeTrim: () => void = () => undefined;
  readonly reads: bigint[] = [];
  private readonly whole: readonly StoredEntry[];

  constructor(count: number) {
    const made: StoredEntry[] = [];
    for (let position = 1n; position <= BigInt(count); position++) {
      const entry = {
        ...{ stream: 0, position, id: randomUUID(), at: 1_000_000n * position, action: 'ai.switched' },
        ...{ actor: null, subject: null, requestId: null, payload: Buffer.from('x') },
      };
      made.push({ ...entry, mac: macOf(chainKey, made.at(-1)?.mac ?? emptyHead, entry) });
    }
    this.stored = this.whole = made;
  }

  /** Retention takes what stands before a position. */
  trimBefore(position: bigint): void {
    const last = this.whole.find((entry) => entry.position === position - 1n);
    if (last === undefined) throw new Error('nothing stands there');
    const summary = { stream: 0, position: last.position, head: last.mac, through: last.at };
    this.trim = { ...summary, signature: signer.sign(trimBytes(summary)) };
    this.stored = this.stored.filter((entry) => entry.position >= position);
  }

  async verify(): Promise<{ readonly entries: number; readonly faults: readonly string[] }> {
    const faults: string[] = [];
    const last = this.whole.at(-1);
    const empty = { position: 0n, head: emptyHead };
    const heads = Array.from({ length: 64 }, (_, stream) => ({ stream, ...empty }));
    if (last !== undefined) heads[0] = { stream: 0, position: last.position, head: last.mac };
    const source = {
      keys: { chainIfAny: () => Promise.resolve(chainKey), signerIfAny: () => Promise.resolve(signer) },
      trims: {
        of: (stream: number) => {
          if (stream === 0) this.beforeTrim();
          return Promise.resolve(stream === 0 ? this.trim : null);
        },
      },
      entries: {
        exist: () => Promise.resolve(this.stored.length > 0),
        heads: () => Promise.resolve(heads),
        head: (stream: number) => Promise.resolve(heads[stream] ?? null),
        entries: async (stream: number, behind: bigint) => {
          if (stream !== 0) return [];
          this.beforeRead(behind);
          this.reads.push(behind);
          const found = this.stored.filter(({ position }) => position > behind).slice(0, atOnce);
          await Promise.resolve();
          return found;
        },
      },
    };
    const { entries } = await verifyAuditLog(source, ({ fault, position }) =>
      faults.push(`${String(position)} ${fault}`),
    );
    return { entries: Number(entries), faults };
  }
}

describe('a log that is read in several batches', () => {
  let log: ShortBatches;
  beforeEach(() => {
    log = new ShortBatches(10);
  });

  it('is whole, and each batch is read once', async () => {
    expect(await log.verify()).toEqual({ entries: 10, faults: [] });
    expect(log.reads.slice(1)).toEqual([3n, 6n, 9n, 10n]);
  });

  it.each([3, 4, 10])('has one fault where entry %d was changed', async (place) => {
    log.stored = log.stored.map((entry) =>
      entry.position === BigInt(place) ? { ...entry, action: 'ai.other' } : entry,
    );
    expect(await log.verify()).toEqual({ entries: 10, faults: [`${String(place)} changed`] });
  });

  it.each([
    [[3], ['4 removed']],
    [[4], ['5 removed']],
    [
      [3, 7],
      ['4 removed', '8 removed'],
    ],
    [[9, 10], ['8 truncated']],
  ])('has a fault for each place of which entries are gone: %j', async (gone, faults) => {
    log.stored = log.stored.filter(({ position }) => !gone.includes(Number(position)));
    expect((await log.verify()).faults).toEqual(faults);
  });

  it.each([2, 4, 5, 8, 10])(
    'is whole where retention takes what stands before entry %d while it is read',
    async (place) => {
      log.beforeRead = (behind) => {
        if (behind === 3n && log.trim === null) log.trimBefore(BigInt(place));
      };
      expect((await log.verify()).faults).toEqual([]);
    },
  );

  it('is whole where retention takes more than was read ahead', async () => {
    log.beforeRead = (behind) => {
      if (behind === 3n) log.trimBefore(5n);
    };
    log.beforeTrim = () => {
      if (log.reads.includes(7n)) log.trimBefore(9n);
    };
    expect((await log.verify()).faults).toEqual([]);
    expect(log.reads).toContain(8n);
  });

  it('is not verified where a later batch cannot be read', async () => {
    log.beforeRead = (behind) => {
      if (behind === 6n) throw new Error('the database is gone');
    };
    await expect(log.verify()).rejects.toThrow('the database is gone');
  });

  it('is verified while the next batch is being read, and none behind that one', async () => {
    let [asked, judged] = [0, 0];
    const spied = log.stored.map((entry) => {
      const { position, payload } = entry;
      return Object.defineProperty({ ...entry }, 'payload', {
        get() {
          judged = Math.max(judged, Number(position));
          return payload;
        },
      });
    });
    log.stored = spied;
    const lead: number[] = [];
    log.beforeRead = (behind) => {
      asked = Math.max(0, Number(behind));
      lead.push(asked - judged);
    };
    await log.verify();
    // The second to fourth batch are asked for before the entries in front of them are judged: three, three, three, and the one of the last.
    expect(lead).toEqual([0, 3, 3, 3, 1]);
  });
});
