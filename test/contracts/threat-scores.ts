import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { attacks, threatPolicy, type Signal } from '../../config/policy/perimeter/threats.js';
import type { SharedScore, ThreatScores } from '../../src/ports/threat-scores.js';

const zero = (): number[] => attacks.map(() => 0);
const points = (attack: number, weight: number): number[] => zero().with(attack, weight);

/** Points come back a little decayed: by far less than one in a second. */
const rounded = (score: SharedScore | undefined) =>
  score === undefined
    ? null
    : { ...score, hard: score.hard.map(Math.round), soft: score.soft.map(Math.round) };

const evidence = (subject: string, hard: number[], soft: number[], recent: Signal[]): SharedScore => ({
  subject,
  hard,
  soft,
  recent,
});

/** What every store of the scores does. */
export function threatScoresContract(name: string, scores: () => ThreatScores): void {
  const one = async (score: SharedScore): Promise<SharedScore | undefined> =>
    (await scores().add([score]))[0];

  it(`${name} adds what several instances publish at once, and nothing is lost`, async () => {
    const subject = `a ${randomUUID()}`;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        one(evidence(subject, points(1, 3), points(2, 1), ['token_malformed'])),
      ),
    );
    const sum = rounded(await one(evidence(subject, zero(), zero(), [])));
    expect(sum).toEqual({
      subject,
      hard: points(1, 60),
      soft: points(2, 20),
      recent: Array(threatPolicy.explainedBy).fill('token_malformed'),
    });
  });

  it(`${name} keeps subjects apart, answers all of a publication, and bounds a score`, async () => {
    const [first, second] = [`a ${randomUUID()}`, `u ${randomUUID()}`];
    const sums = await scores().add([
      evidence(second, points(0, 2), zero(), ['login_failed']),
      evidence(first, points(4, 5000), zero(), ['honeypot']),
    ]);
    await scores().add([evidence(first, points(4, 5000), zero(), ['honeypot'])]);
    expect(new Map(sums.map((sum) => [sum.subject, rounded(sum)])).get(second)).toEqual(
      evidence(second, points(0, 2), zero(), ['login_failed']),
    );
    expect(rounded(await one(evidence(first, zero(), zero(), [])))?.hard).toEqual(
      points(4, threatPolicy.maxScore),
    );
  });

  it(`${name} shows what was announced, with its points, and not what was not`, async () => {
    const [told, untold] = [`a ${randomUUID()}`, `a ${randomUUID()}`];
    await scores().add([
      evidence(told, points(1, 42), zero(), ['token_forged']),
      evidence(untold, points(1, 42), zero(), ['token_forged']),
    ]);
    await scores().announce([told]);
    const announced = await scores().announced();
    expect(rounded(announced.find(({ subject }) => subject === told))?.hard).toEqual(points(1, 42));
    expect(announced.map(({ subject }) => subject)).not.toContain(untold);
  });

  it(`${name} forgets a subject`, async () => {
    const subject = `a ${randomUUID()}`;
    await one(evidence(subject, points(1, 42), zero(), ['token_forged']));
    await scores().announce([subject]);
    await scores().forget([subject]);
    expect((await scores().announced()).map((score) => score.subject)).not.toContain(subject);
    expect(rounded(await one(evidence(subject, points(1, 21), zero(), ['token_forged'])))).toEqual(
      evidence(subject, points(1, 21), zero(), ['token_forged']),
    );
  });
}
