import { SpanKind } from '@opentelemetry/api';
import { inSpan } from '../../../observability/tracing/spans.js';
import type { Job } from './job.js';

/** Works on a generation in the trace of the request that ordered it. */
export const inStep = (
  step: 'submit' | 'follow',
  { traceParent }: Job,
  work: () => Promise<void>,
): Promise<void> =>
  inSpan(
    `generation ${step}`,
    { kind: SpanKind.CONSUMER, parent: traceParent, attributes: { 'velro.generation.step': step } },
    work,
  );
