/**
 * A part of the AI SDK's UI message stream (version 1), as far as answers have them.
 * Source: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
 */
export type StreamPart =
  | { readonly type: 'start'; readonly messageId: string }
  | { readonly type: 'start-step' }
  | { readonly type: 'reasoning-start' | 'reasoning-end' | 'text-start' | 'text-end'; readonly id: string }
  | { readonly type: 'reasoning-delta' | 'text-delta'; readonly id: string; readonly delta: string }
  | {
      readonly type: 'source-document';
      readonly sourceId: string;
      readonly mediaType: 'text/plain';
      readonly title: string;
    }
  | { readonly type: 'finish-step' }
  | { readonly type: 'finish' }
  | { readonly type: 'abort' }
  | { readonly type: 'error'; readonly errorText: string };

/** The text of an answer, from its parts. */
export const textOf = (parts: readonly StreamPart[]): string =>
  parts.reduce((text, part) => (part.type === 'text-delta' ? text + part.delta : text), '');

/** Neighbours that continue each other become one. */
export function merged(parts: readonly StreamPart[]): StreamPart[] {
  const result: StreamPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (
      last !== undefined &&
      'delta' in last &&
      'delta' in part &&
      last.type === part.type &&
      last.id === part.id
    )
      result[result.length - 1] = { ...last, delta: last.delta + part.delta };
    else result.push(part);
  }
  return result;
}
