import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Answer } from '../support/http/http.js';
import { everyForbiddenRequest, forbiddenRequests } from '../support/fuzz/broken-requests.js';
import { asProblem, wrongAnswer, wrongRefusal } from '../support/fuzz/judge.js';
import { operations, type Operation } from '../support/fuzz/operations.js';
import { allowedRequests, callOf, printed, type Draft } from '../support/fuzz/requests.js';
import { endsItsCaller, isPastGuards } from '../support/fuzz/rules.js';
import { actors, fitFor, FuzzStage, type Actor, type Caller } from '../support/fuzz/stage.js';

/**
 * `FUZZ_RUNS`: requests of each kind by the caller whom an operation admits, besides one for every change of one request; `FUZZ_SEED`
 * makes the same ones again. Without it every change is made once for each rule that forbids it, and by every operation in part.
 */
const given = process.env['FUZZ_RUNS'];
const runs = Number(given ?? 4);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

const asked = new Set<string>();
let askedAgain = 0;

/** What a rule forbids that has refused it elsewhere in this run: one in so many is made again. */
const share = 24;

const ofQuickRun = (drafts: readonly Draft[]): Draft[] =>
  drafts.filter(({ rule }) => {
    if (given !== undefined) return true;
    if (asked.has(rule)) return (askedAgain += 1) % share === 0;
    asked.add(rule);
    return true;
  });

/** Who calls an operation: everybody, in the quick run who is admitted and one of the others in turn (role-matrix.spec.ts has all). */
function callingIn(operation: Operation): readonly Actor[] {
  if (given !== undefined) return actors;
  const fit = fitFor(operation);
  const others = actors.filter((actor) => actor !== fit);
  return [fit, others[operations.indexOf(operation) % others.length] ?? fit];
}

type Wrong = (draft: Draft, answer: Answer) => string | null;

describe(`requests made from the API description (FUZZ_SEED=${seed} FUZZ_RUNS=${runs})`, () => {
  let stage: FuzzStage;
  beforeAll(async () => {
    stage = await FuzzStage.start();
  });
  afterEach(async () => {
    await stage.restore();
  });
  afterAll(async () => {
    await stage.stop();
  });

  const send = async (draft: Draft, caller: Caller): Promise<Answer> => {
    const { path, headers, ...call } = callOf(draft);
    return stage.service.visitor().call(path, { ...call, headers: { ...headers, ...caller.headers() } });
  };

  /** Sends requests as one caller; the failure is the smallest that `wrong` objects to. */
  const sendAll = (
    actor: Actor,
    requests: fc.Arbitrary<Draft>,
    numRuns: number,
    callerOf: () => Promise<Caller>,
    wrong: Wrong,
    first: readonly Draft[],
  ): Promise<void> => {
    const named = (draft: Draft): Draft =>
      Object.assign({ ...draft }, { [fc.toStringMethod]: () => printed(draft) });
    const property = fc.asyncProperty(requests.map(named), async (draft) => {
      const answer = await send(draft, await callerOf()).catch((error: unknown) => error as Error);
      const fault = answer instanceof Error ? answer.message : wrong(draft, answer);
      if (fault !== null) throw new Error(`as ${actor}: ${fault}`);
    });
    const examples = first.map((draft): [Draft] => [named(draft)]);
    return fc.assert(property, { seed, numRuns: examples.length + numRuns, examples });
  };

  /** All callers at once; whoever is refused before the input is read sends fewer requests, and so does who has nothing to vary. */
  const asEverybody = async (
    operation: Operation,
    makeRequests: (caller: Caller) => fc.Arbitrary<Draft>,
    callers: ReadonlyMap<Actor, Caller>,
    wrongFor: (fits: boolean) => Wrong,
    first: (caller: Caller) => readonly Draft[],
    atMost = runs,
    callerOf: (actor: Actor, caller: Caller) => Promise<Caller> = (_actor, caller) => Promise.resolve(caller),
  ): Promise<void> => {
    const fit = fitFor(operation);
    const outcomes = await Promise.allSettled(
      [...callers].map(([actor, caller]) =>
        sendAll(
          actor,
          makeRequests(caller),
          actor === fit ? atMost : Math.ceil(atMost / 16),
          () => callerOf(actor, caller),
          wrongFor(actor === fit),
          actor === fit ? first(caller) : [],
        ),
      ),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };

  const known = new Map<string, Map<Actor, Caller>>();
  /** Of the operation: what it refused has changed nothing of theirs. */
  const callersOf = async (operation: Operation): Promise<Map<Actor, Caller>> => {
    const callers = known.get(operation.name) ?? new Map<Actor, Caller>();
    if (callers.size > 0) return callers;
    known.set(operation.name, callers);
    for (const actor of callingIn(operation)) callers.set(actor, await stage.caller(actor, operation));
    return callers;
  };

  it.each(operations)('$name refuses what is forbidden there, and nothing changes', async (operation) => {
    const callers = await callersOf(operation);
    const before = await stage.digest();
    await asEverybody(
      operation,
      ({ samples }) => forbiddenRequests(operation, samples),
      callers,
      (fits) => (draft, answer) => wrongRefusal(draft, answer, fits),
      ({ samples }) => ofQuickRun(everyForbiddenRequest(operation, samples, seed)),
    );
    expect(await stage.digest()).toEqual(before);
    expect(Object.keys(before)).toContain('velro.users');
  });

  it.each(operations)('$name takes what is allowed there', async (operation) => {
    let past = 0;
    await asEverybody(
      operation,
      ({ samples }) => allowedRequests(operation, samples),
      await callersOf(operation),
      (fits) => (draft, answer) => {
        if (isPastGuards(asProblem(answer))) past += 1;
        return wrongAnswer(draft, answer, fits);
      },
      () => [],
      isVaried(operation) ? runs : 1,
      (actor, caller) =>
        endsItsCaller(operation) ? stage.caller(actor, operation) : Promise.resolve(caller),
    );
    expect(past).toBeGreaterThan(0);
  });
});

const isVaried = ({ parameters, bodies }: Operation): boolean => parameters.length + bodies.length > 0;
