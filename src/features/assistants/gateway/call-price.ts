import type { ModelPrice } from '../../../../config/policy/assistants/models.js';
import { asciiPerToken, imageTokens, tokensPerMessage } from '../../../../config/policy/assistants/calls.js';
import type { ModelRequest, ModelUsage } from '../../../ports/assistants/language-model.js';

/** Nano-dollars as micro-dollars, rounded up: what is charged is never less than what it cost. */
const micro = (nano: number): number => Math.ceil(nano / 1000);

/** Micro-dollars of an answer: cached tokens at their own price, thoughts as output. */
export const costOf = (price: ModelPrice, { prompt, cached, output }: ModelUsage): number => {
  const of = tierOf(price, prompt);
  return micro((prompt - cached) * of.input + cached * of.cached + output * of.output);
};

/** The dearer prices of a long prompt, where the model has some. */
const tierOf = (price: ModelPrice, prompt: number): Pick<ModelPrice, 'input' | 'cached' | 'output'> =>
  price.long !== undefined && prompt > price.long.above ? price.long : price;

/** The most that a call can cost that shows so many pictures, in micro-dollars. */
export const highestCostOf = (
  price: ModelPrice,
  request: Omit<ModelRequest, 'model'>,
  pictures: number,
): number => {
  const prompt = mostPromptTokens(request) + pictures * (price.pictureTokens ?? imageTokens.most);
  const of = tierOf(price, prompt);
  return micro(prompt * of.input + request.maxOutputTokens * of.output);
};

function* textsOf({ system, messages, knowledge, options }: Omit<ModelRequest, 'model'>): Iterable<string> {
  if (system !== null) yield system;
  for (const message of messages) {
    yield message.text;
    if (message.role === 'assistant')
      for (const { id, name, input } of message.toolCalls ?? []) yield `${id}${name}${input}`;
    if (message.role === 'tool') yield `${message.callId}${message.name}`;
  }
  for (const { id, title, text } of knowledge) yield `${id}${title}${text}`;
  if (options === undefined) return;
  for (const tool of options.tools) yield JSON.stringify(tool);
  if (options.json !== null) yield JSON.stringify(options.json);
}

const countImages = ({ messages }: Pick<ModelRequest, 'messages'>): number =>
  messages.reduce((sum, message) => sum + (message.role === 'user' ? (message.images?.length ?? 0) : 0), 0);

/** An upper bound: a token is at least one byte, whatever the tokenizer. */
function mostPromptTokens(request: Omit<ModelRequest, 'model'>): number {
  let tokens: number = tokensPerMessage;
  for (const text of textsOf(request)) tokens += Buffer.byteLength(text) + tokensPerMessage;
  return tokens;
}

/** About as many as the prompt has, where the provider reported none. */
export function estimatedPromptTokens(request: Omit<ModelRequest, 'model'>): number {
  let tokens = tokensPerMessage + countImages(request) * imageTokens.about;
  for (const text of textsOf(request)) tokens += estimatedTokens(text) + tokensPerMessage;
  return tokens;
}

/** About as many tokens as a text has: one for four ASCII characters, one for each other UTF-16 unit. */
export function estimatedTokens(text: string): number {
  let ascii = 0;
  for (let place = 0; place < text.length; place++) if (text.charCodeAt(place) < 128) ascii++;
  return Math.ceil(ascii / asciiPerToken) + text.length - ascii;
}
