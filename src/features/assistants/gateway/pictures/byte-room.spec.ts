import { describe, expect, it } from '@jest/globals';
import { ByteRoom } from './byte-room.js';

const limits = { bytes: 10, bytesOfOne: 6, waiting: 3 };
const longMs = 60_000;

/** Who is let in, in the order in which it happens. */
function stage() {
  const room = new ByteRoom(limits);
  const entered: string[] = [];
  const leave = new Map<string, () => void>();
  const ask = (name: string, who: string, bytes: number, ms = longMs): Promise<boolean> =>
    room.take(who, bytes, ms).then((release) => {
      if (release === null) return false;
      entered.push(name);
      leave.set(name, release);
      return true;
    });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  };
  return { ask, entered, leave: (name: string) => leave.get(name)?.(), settle };
}

describe('room for bytes', () => {
  it('holds as much as fits, of one and of all', async () => {
    const { ask, entered, settle } = stage();
    void ask('ada 1', 'ada', 6);
    void ask('ada 2', 'ada', 1);
    void ask('bob 1', 'bob', 4);
    await settle();
    expect(entered).toEqual(['ada 1', 'bob 1']);
  });

  it('lets those in who wait, in their order, once room is given back', async () => {
    const { ask, entered, leave, settle } = stage();
    void ask('ada', 'ada', 6);
    void ask('bob', 'bob', 5);
    void ask('cid', 'cid', 4);
    await settle();
    // Four are free, and who came first wants five.
    expect(entered).toEqual(['ada']);
    leave('ada');
    await settle();
    expect(entered).toEqual(['ada', 'bob', 'cid']);
  });

  it('is kept from nobody by one whose own share is used up', async () => {
    const { ask, entered, leave, settle } = stage();
    void ask('ada 1', 'ada', 5);
    void ask('ada 2', 'ada', 5);
    void ask('bob 1', 'bob', 5);
    await settle();
    expect(entered).toEqual(['ada 1', 'bob 1']);
    leave('bob 1');
    await settle();
    expect(entered).toEqual(['ada 1', 'bob 1']);
    leave('ada 1');
    await settle();
    expect(entered).toEqual(['ada 1', 'bob 1', 'ada 2']);
  });

  it('that is given back in part goes to nobody past the one who came first', async () => {
    const { ask, entered, leave, settle } = stage();
    void ask('ada', 'ada', 1);
    void ask('bob', 'bob', 4);
    void ask('cid', 'cid', 4);
    void ask('dan', 'dan', 5);
    void ask('eve', 'eve', 2);
    await settle();
    leave('ada');
    await settle();
    expect(entered).toEqual(['ada', 'bob', 'cid']);
    leave('bob');
    await settle();
    expect(entered).toEqual(['ada', 'bob', 'cid', 'dan']);
  });

  it('is refused to more than one may have, to who waits in vain, and to who finds too many waiting', async () => {
    const { ask, entered, settle } = stage();
    expect(await ask('too much', 'ada', 7)).toBe(false);
    void ask('ada', 'ada', 6);
    void ask('bob', 'bob', 4);
    await settle();
    expect(await ask('in vain', 'cid', 1, 1)).toBe(false);
    for (const one of ['a', 'b', 'c']) void ask(one, one, 1);
    expect(await ask('fourth', 'd', 1)).toBe(false);
    expect(entered).toEqual(['ada', 'bob']);
  });

  it('that a wait in vain stood before is given to who waits behind it', async () => {
    const { ask, entered, settle } = stage();
    void ask('ada', 'ada', 6);
    const large = ask('large', 'bob', 6, 1);
    void ask('small', 'cid', 3);
    await settle();
    expect(entered).toEqual(['ada']);
    expect(await large).toBe(false);
    await settle();
    expect(entered).toEqual(['ada', 'small']);
  });

  it('is given back once, however often it is said', async () => {
    const { ask, entered, leave, settle } = stage();
    void ask('ada', 'ada', 6);
    void ask('bob', 'bob', 4);
    await settle();
    leave('ada');
    leave('ada');
    void ask('cid', 'cid', 6);
    void ask('dan', 'dan', 1);
    await settle();
    expect(entered).toEqual(['ada', 'bob', 'cid']);
  });
});
