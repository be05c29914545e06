import type { Mutant } from '../mutant.ts';

const gateway = 'src/features/assistants/gateway';
const gatewaySpec = ['test/contracts/ai-gateway.spec.ts'];
const modelSpec = ['test/contracts/language-model.spec.ts'];

/** The way to language models: switch, limits, budget, time and price. */
export const assistantsMutants: readonly Mutant[] = [
  {
    title: 'a call that asked nobody keeps the hits it took',
    file: `${gateway}/ai-gateway.service.ts`,
    find: 'if (!progress.hasAsked) await progress.taken?.giveBack();',
    replace: '',
    specs: gatewaySpec,
    test: 'get back what a call took',
  },
  {
    title: 'a call that was reserved just before the kill switch is made',
    file: `${gateway}/ai-gateway.service.ts`,
    find: 'if (changes !== this.running.switchChanges && ',
    replace: 'if (changes < 0 && ',
    specs: gatewaySpec,
    test: 'reserved just before',
  },
  {
    title: 'the kill switch leaves running calls alone',
    file: `${gateway}/running-calls.ts`,
    find: 'if (!isOn) this.abortAll(new SwitchedOff());',
    replace: '',
    specs: gatewaySpec,
    test: 'ends the running calls',
  },
  {
    title: 'a limit is told before the kill switch',
    file: `${gateway}/ai-gateway.service.ts`,
    find: "return (await this.ai.read()).effective ? taken : 'ai_disabled';",
    replace: 'return taken;',
    specs: gatewaySpec,
    test: 'whoever else would refuse',
  },
  {
    title: 'what a provider blocked is asked of another',
    file: `${gateway}/ai-gateway.service.ts`,
    find: ' && end.why !== blocked',
    replace: '',
    specs: gatewaySpec,
    test: 'is not asked after blocked answer',
  },
  {
    title: 'the first provider takes all the time',
    file: `${gateway}/ai-gateway.service.ts`,
    find: 'behind > 0 ? Math.min(leftMs, timeoutMs * modelCallPolicy.firstProviderShare) : leftMs',
    replace: 'leftMs',
    specs: gatewaySpec,
    test: 'answers where the first does not: hang before',
  },
  {
    title: 'an answer that nobody reads goes on',
    file: `${gateway}/answer-reader.ts`,
    find: 'else this.aborting.abort(new AnswerTimeout());',
    replace: 'else this.fail?.(new AnswerTimeout());',
    specs: gatewaySpec,
    test: 'of which nobody reads',
  },
  {
    title: 'cached tokens cost as any other',
    file: `${gateway}/call-price.ts`,
    find: '(prompt - cached) * price.input + cached * price.cached',
    replace: 'prompt * price.input',
    specs: gatewaySpec,
    test: 'settled at what was reported',
  },
  {
    title: 'visitors take all calls',
    file: `${gateway}/call-limits.ts`,
    find: "          bucket('ai:visitors', share(other, visitorsShare), 'global_rate_limit'),\n",
    replace: '',
    specs: gatewaySpec,
    test: 'three quarters to others than visitors',
  },
  {
    title: 'an agent has no cap of its own',
    file: `${gateway}/call-budget.ts`,
    find: 'cap: agent.dailyCap',
    replace: 'cap: null',
    specs: gatewaySpec,
    test: 'of an agent refuses',
  },
  {
    title: 'the key of a provider follows its redirects',
    file: 'src/adapters/ai-sdk/bounded-fetch.ts',
    find: "redirect: 'error'",
    replace: "redirect: 'follow'",
    specs: modelSpec,
    test: 'fails on redirect',
  },
  {
    title: 'the circuit opens for requests that a provider refused',
    file: 'src/adapters/ai-sdk/ai-sdk-model.ts',
    find: "error instanceof ModelFailed && error.failure === 'failed'",
    replace: 'error === null',
    specs: modelSpec,
    test: 'a refused request is none',
  },
  {
    title: 'an answer that is cut off counts as whole',
    file: 'src/adapters/ai-sdk/ai-sdk-parts.ts',
    find: "throw new ModelFailed('failed', 'answer cut off', true);",
    replace: "return 'other';",
    specs: modelSpec,
    test: 'fails on cut off',
  },
];
