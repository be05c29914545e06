import type { Mutant } from '../../mutant.ts';

const openai = 'src/features/assistants/openai';
const clients = ['test/journeys/openai.spec.ts'];
const refusals = ['test/journeys/openai-refusals.spec.ts'];

/** The routes that clients of OpenAI call: their shapes, their ends, and what is paid. */
export const openAiMutants: readonly Mutant[] = [
  {
    title: 'errors for clients of OpenAI are problem documents',
    file: 'src/errors/openai-error.ts',
    find: 'url?.startsWith(`/${openAiPrefix}/`) === true ||',
    replace: '',
    specs: refusals,
    test: 'from the perimeter and from the guards',
  },
  {
    title: 'a spent quota is tried again',
    file: 'src/errors/error-answer.ts',
    find: 'isSpent ?',
    replace: 'isSpent && status < 400 ?',
    specs: refusals,
    test: 'quota is spent',
  },
  {
    title: 'a key of OpenAI’s clients may use any model',
    file: `${openai}/calls/openai-calls.service.ts`,
    find: "if (!mayUse(caller, order.model)) throw new Problem('model_not_allowed');",
    replace: 'if (!mayUse(caller, order.model)) this.open.size;',
    specs: refusals,
    test: 'its key may not use',
  },
  {
    title: 'an answer for a client of OpenAI outlives its key',
    file: `${openai}/calls/openai-calls.service.ts`,
    find: 'aborting.abort(new TokenEnded());',
    replace: 'void aborting;',
    specs: refusals,
    test: 'loses its answer with its key',
  },
  {
    title: 'a client of OpenAI that goes away is answered to the end',
    file: `${openai}/calls/client-leaving.ts`,
    find: 'if (!raw.writableFinished) leaving.abort(new ClientLeft());',
    replace: 'if (raw.writableFinished) leaving.abort(new ClientLeft());',
    specs: refusals,
    test: 'ends the answer when it goes away',
  },
  {
    title: 'a repeated call for a picture is paid again',
    file: `${openai}/images/image-orders.ts`,
    find: 'if (known !== null) return known;',
    replace: 'if (known === null) return hash.toString();',
    specs: clients,
    test: 'one for a call and its repetition',
  },
  {
    title: 'repetitions of equal calls join one picture',
    file: `${openai}/images/image-calls.repository.ts`,
    find: 'repetition < ${repetition} and',
    replace: '',
    specs: clients,
    test: 'find a picture each',
  },
  {
    title: 'an API key is answered by a second provider whose model it may not use',
    file: 'src/features/assistants/gateway/ai-gateway.service.ts',
    find: '(payer.key?.models?.includes(model) ?? true)',
    replace: '(payer.key?.models === null || payer.key?.models !== undefined || model === "")',
    specs: ['test/contracts/ai-gateway.spec.ts'],
    test: 'that may not use its model',
  },
  {
    title: 'a client of OpenAI that stops reading keeps its place beyond its key',
    file: `${openai}/calls/answer-events.ts`,
    find: "else ended.addEventListener('abort', cut);",
    replace: '',
    specs: ['src/features/assistants/openai/calls/answer-events.spec.ts'],
    test: 'though nobody reads',
  },
  {
    title: 'two equal fresh calls are one picture',
    file: `${openai}/images/image-orders.ts`,
    find: 'if (order.repetition > 0) {',
    replace: 'if (order.repetition >= 0) {',
    specs: clients,
    test: 'two for two equal fresh calls',
  },
  {
    title: 'clients of OpenAI send personal data to the model',
    file: `${openai}/calls/redacted-request.ts`,
    find: 'input: JSON.stringify(redactedValue(JSON.parse(call.input), redaction)),',
    replace: 'input: call.input,',
    specs: refusals,
    test: 'freed of personal data',
  },
  {
    title: 'a stream that broke off for a client of OpenAI seems whole',
    file: `${openai}/completions/completion-events.ts`,
    find: "failed = (error: OpenAiError['error']): readonly string[] => [data({ error }), done];",
    replace:
      "failed = (error: OpenAiError['error']): readonly string[] => [data({ choices: [], code: error.code }), done];",
    specs: refusals,
    test: 'within a stream that it broke off',
  },
  {
    title: 'a model of another service is asked at OpenAI’s price',
    file: 'src/features/assistants/gateway/priced-models.ts',
    find: 'const others = access.baseUrl === null ? [...modelPrices[access.provider].keys()] : [];',
    replace: 'const others = [...modelPrices[access.provider].keys()];',
    specs: clients,
    test: 'lists the models',
  },
];
