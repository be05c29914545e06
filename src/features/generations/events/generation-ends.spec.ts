import { describe, expect, it } from '@jest/globals';
import { streamPolicy } from '../../../../config/policy/generations/streams.js';
import type { Caller } from '../../../guards/route/caller.js';
import { Notifications } from '../../../ports/notifications.js';
import type { GenerationsService } from '../orders/generations.service.js';
import { GenerationEnds } from './generation-ends.js';

class NoNotifications extends Notifications {
  subscribe(): () => void {
    return () => undefined;
  }

  lastHeartbeat(): number {
    return 0;
  }
}

const callerOf = (userId: string): Caller => ({
  userId,
  sessionId: userId,
  tokenId: userId,
  role: 'user',
  ver: 1,
  authTime: 0,
  issuedAt: 0,
  expiresAt: 0,
  scopes: null,
  key: null,
});

describe('waiting for the ends of generations', () => {
  const made = (): GenerationEnds =>
    new GenerationEnds(new NoNotifications(), undefined as unknown as GenerationsService);

  it('has a bounded number of places for an account, taken at once and given back once', () => {
    const ends = made();
    const [ada, bob] = [callerOf('ada'), callerOf('bob')];
    const places = Array.from({ length: streamPolicy.perUser }, () => ends.enter(ada));
    expect(() => ends.enter(ada)).toThrow('streams_exceeded');
    ends.enter(bob)();
    places[0]?.();
    places[0] = ends.enter(ada);
    expect(() => ends.enter(ada)).toThrow('streams_exceeded');
  });

  it('has a bounded number of places for all accounts together', () => {
    const ends = made();
    for (let place = 0; place < streamPolicy.perInstance; place++) ends.enter(callerOf(String(place)));
    expect(() => ends.enter(callerOf('another'))).toThrow('streams_exceeded');
  });
});
