// What the bench asks of the processes with simulated instances, and what they answer. Moments are milliseconds since the epoch, of one clock.

export type Order =
  | { readonly kind: 'start'; readonly count: number; readonly url: string; readonly secret: string }
  | { readonly kind: 'watch'; readonly jti: string }
  | { readonly kind: 'announce'; readonly perSecond: number; readonly seconds: number }
  | { readonly kind: 'progress' }
  | { readonly kind: 'stop' };

export type Report =
  | { readonly kind: 'started' }
  | { readonly kind: 'watching' }
  | { readonly kind: 'seen'; readonly at: readonly number[]; readonly missed: number }
  | { readonly kind: 'announced' }
  | { readonly kind: 'progress'; readonly ms: readonly number[] };
