import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { clientContextOf, type ClientContext } from '../../network/client-context.js';
import { requestOf } from './http-context.js';

/** Injects the ClientContext into a controller's method. */
export const ClientParam = createParamDecorator((_: unknown, context: ExecutionContext): ClientContext =>
  clientContextOf(requestOf(context)),
);
