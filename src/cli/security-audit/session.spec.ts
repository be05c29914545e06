import { describe, expect, it } from '@jest/globals';
import { Prober } from './probe.js';
import { Session } from './session.js';

/** Tells what it was asked, and asks nobody. */
class SilentProber extends Prober {
  readonly asked: string[] = [];
  override ask({ path }: { readonly path: string }): Promise<never> {
    this.asked.push(path);
    return Promise.reject(new Error('nobody is asked'));
  }
}

describe('a sign-in of the audit', () => {
  it.each([
    ['a token', { token: 'x' }],
    ['a password', { email: 'mira@example.com', password: 'x', code: '1' }],
  ])('sends %s to no other machine in the clear', async (_, credentials) => {
    const prober = new SilentProber(new URL('http://api.example.com'));
    await expect(Session.begin(prober, credentials)).rejects.toThrow('over https alone');
    expect(prober.asked).toEqual([]);
  });

  it.each(['https://api.example.com', 'http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])(
    'is begun at %s',
    async (address) => {
      const session = await Session.begin(new SilentProber(new URL(address)), { token: 'x' });
      expect(session.token).toBe('x');
    },
  );
});
