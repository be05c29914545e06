import { describe, expect, it } from '@jest/globals';
import { PublicUrl } from './public-url.js';

const forever = new AbortController().signal;

describe('the address of the service', () => {
  it('is known at once where it is configured, without a slash at its end', async () => {
    expect(await new PublicUrl('https://api.example/').whenKnown(forever)).toBe('https://api.example');
  });

  it('is waited for until the service listens where it is not, by everybody who asked', async () => {
    const address = new PublicUrl(null);
    expect(() => address.get()).toThrow('before the service listens');
    const asked = [address.whenKnown(forever), address.whenKnown(forever)];
    address.listeningOn('http://127.0.0.1:1234');
    expect(await Promise.all([...asked, address.whenKnown(forever)])).toEqual(
      Array(3).fill('http://127.0.0.1:1234'),
    );
  });

  it('is waited for no longer than whoever asks wants to', async () => {
    const [address, stop] = [new PublicUrl(null), new AbortController()];
    const asked = address.whenKnown(stop.signal);
    stop.abort(new Error('the instance stops'));
    await expect(asked).rejects.toThrow('the instance stops');
    await expect(address.whenKnown(stop.signal)).rejects.toThrow('the instance stops');
  });
});
