import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { clientContextOf, type ClientContext } from '../../network/client-context.js';
import { requestOf } from './http-context.js';

/** Injects who sends the request and from where into a controller's method. */
export const ClientParam = createParamDecorator((_: unknown, context: ExecutionContext): ClientContext =>
  clientContextOf(requestOf(context)),
);
