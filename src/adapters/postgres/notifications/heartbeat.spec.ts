import { describe, expect, it } from '@jest/globals';
import { Heartbeat } from './heartbeat.js';

describe('a heartbeat that came back', () => {
  it('proves the time at which it was sent, not that at which it was read', () => {
    const heartbeat = new Heartbeat();
    const text = heartbeat.send();
    const sent = performance.now();
    while (performance.now() < sent + 2);
    heartbeat.heard(text);
    expect(heartbeat.provenAt).toBeLessThanOrEqual(sent);
    expect(heartbeat.provenAt).toBeGreaterThan(0);
  });

  it('counts once, and another text never', () => {
    const heartbeat = new Heartbeat();
    const text = heartbeat.send();
    heartbeat.heard('another');
    expect(heartbeat.provenAt).toBe(-Infinity);
    heartbeat.heard(text);
    const { provenAt } = heartbeat;
    heartbeat.heard(text);
    expect(heartbeat.provenAt).toBe(provenAt);
  });
});
