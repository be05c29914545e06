import { describe, expect, it } from '@jest/globals';
import { RevocationReplica } from './revocation-replica.js';

const claims = { jti: 'token', sid: 'session', sub: 'user', ver: 3, iat: 1000 };

describe('the replica of the revocations', () => {
  it('finds a token revoked by its id, by its session and by a higher epoch', () => {
    for (const [kind, subject, epoch] of [
      ['jti', 'token', null],
      ['sid', 'session', null],
      ['user', 'user', 4],
    ] as const) {
      const replica = new RevocationReplica();
      expect(replica.holds(claims)).toBe(false);
      replica.add(kind, subject, epoch, 100);
      expect(replica.holds(claims)).toBe(true);
    }
  });

  it('refuses every token while sign-ins are closed, also one that was made later, and the claims of an API key', () => {
    const replica = new RevocationReplica();
    replica.cut = { isClosed: true, notBefore: 0 };
    expect([replica.holds(claims), replica.holds({ ...claims, iat: null })]).toEqual([true, true]);
  });

  it('refuses what was made before sign-ins were opened again, and nothing that was made since, nor an API key', () => {
    const replica = new RevocationReplica();
    replica.cut = { isClosed: false, notBefore: 1000 };
    expect([999, 1000, null].map((iat) => replica.holds({ ...claims, iat }))).toEqual([true, false, false]);
  });

  it('does not revoke a token of the present epoch', () => {
    const replica = new RevocationReplica();
    replica.add('user', 'user', 3, 100);
    expect(replica.holds(claims)).toBe(false);
  });

  it('keeps the higher epoch and the later expiry when entries come out of order', () => {
    const replica = new RevocationReplica();
    replica.add('user', 'user', 5, 200);
    replica.add('user', 'user', 2, 100);
    replica.purge(150);
    expect(replica.holds({ ...claims, ver: 4 })).toBe(true);
  });

  it('drops expired entries only', () => {
    const replica = new RevocationReplica();
    replica.add('jti', 'token', null, 100);
    replica.add('sid', 'session', null, 200);
    replica.purge(150);
    expect([replica.size, replica.holds(claims)]).toEqual([1, true]);
  });

  it('reports that it is full instead of evicting, and stays full after a purge', () => {
    const replica = new RevocationReplica(2);
    for (const id of ['a', 'b', 'c']) replica.add('jti', id, null, 100);
    expect([replica.full, replica.size]).toEqual([true, 2]);
    expect(replica.holds({ ...claims, jti: 'a' })).toBe(true);
    replica.purge(150);
    expect(replica.full).toBe(true);
  });

  it('is not full when a known entry is added again', () => {
    const replica = new RevocationReplica(2);
    for (const id of ['a', 'b', 'a', 'b']) replica.add('jti', id, null, 100);
    expect(replica.full).toBe(false);
  });
});
